import type { Chance } from '../processes/chance.ts';
import type { RoomTime } from './time.ts';

/** What a server says because of what was done to it on purpose, and what its operator does then. */
export interface Mishap {
  /** A part of its log, or of the error with which it fails. */
  readonly says: RegExp;
  /** Mends it as the server has asked for. Done once. Undefined: it ends by itself. */
  readonly mend?: () => void;
  /** Whether the server may serve all the same, and say nothing. */
  readonly isUncertain?: boolean;
}

interface Open extends Mishap {
  isSaid: boolean;
  isMended: boolean;
  /** When it ended; a server may say so still a little later. */
  ended: number;
}

/** Milliseconds in which a server says what prevents it from serving, though its disk be slow. */
const saidWithin = 20_000;
/** Milliseconds for which a server may say what is over. */
const saidAfter = 5_000;

/**
 * What goes wrong with one server on purpose. Its operator knows nothing but what the server says, and so mends nothing that it does
 * not say.
 */
export class Mishaps {
  private readonly time: RoomTime;
  private readonly chance: Chance;
  private open: Open[] = [];

  constructor(time: RoomTime, chance: Chance) {
    this.time = time;
    this.chance = chance;
  }

  /** From now on the server may say this. Yields what ends it. */
  begin(mishap: Mishap): () => void {
    const { now } = this.time;
    this.open = this.open.filter(({ ended }) => ended >= now);
    const open = { ...mishap, isSaid: false, isMended: false, ended: Number.POSITIVE_INFINITY };
    this.open.push(open);
    return () => this.end(open);
  }

  /** The server says this. Yields whether a mishap explains it. Its operator reads it some time later. */
  explains(text: string): boolean {
    const { now } = this.time;
    const explaining = this.open.filter(({ says, ended }) => ended >= now && says.test(text));
    for (const open of explaining) {
      if (!open.isSaid) this.time.after(500 * 40 ** this.chance.fraction(), () => this.mend(open));
      open.isSaid = true;
    }
    return explaining.length > 0;
  }

  /** The operator mends at once all that was said, and what the server, which has run for so long, had no time to say. */
  hurry(ran: number): void {
    for (const open of this.open)
      if (open.isSaid || (ran < saidWithin && open.isUncertain !== true)) this.mend(open);
  }

  /** Whether the server has not said what its operator alone can mend. */
  get areUnsaid(): boolean {
    return this.open.some(
      ({ mend, isUncertain, isSaid, isMended, ended }) =>
        mend !== undefined &&
        isUncertain !== true &&
        !isSaid &&
        !isMended &&
        ended === Number.POSITIVE_INFINITY,
    );
  }

  private mend(open: Open): void {
    if (open.mend === undefined || open.isMended || open.ended < Number.POSITIVE_INFINITY) return;
    open.isMended = true;
    open.mend();
    this.end(open);
  }

  private end(open: Open): void {
    open.ended = Math.min(open.ended, this.time.now + saidAfter);
  }
}
