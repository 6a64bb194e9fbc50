import type { Clock } from '../platform/clock.ts';
import type { StatusReport } from '../tcp/handshake.ts';
import { type Outage, type OutageSubject, outageOf, type PeerFacts } from './outage.ts';

/** An outage, and for how many milliseconds it has lasted. */
export interface LastingOutage extends Outage {
  /** Milliseconds. */
  readonly duration: number;
}

/** Ticks from one look to the next. */
const lookTicks = 5;
/** Ticks for which an outage lasts before it is told: starts and view changes pass. */
const graceTicks = 40;
/** Milliseconds after which an outage that lasts is told again; each further time is twice as long. */
const firstReminder = 60_000;
const lastReminder = 3_600_000;

/** What is known of the connection to another replica. */
interface Peer {
  isReached: boolean;
  since: number;
  reason: string;
  status: StatusReport['status'] | undefined;
}

/**
 * Follows what keeps a replica from taking part in its group, and tells it: once it has lasted for a while, when other replicas are
 * awaited, ever more rarely while it lasts, and when it is over.
 */
export class OutageWatch {
  private readonly replica: OutageSubject;
  private readonly clock: Clock;
  private readonly tick: number;
  private readonly onOutage: (outage: LastingOutage | undefined, lasted: number) => void;
  private readonly peers = new Map<number, Peer>();
  /** The present outage, and since when it has been of this kind. */
  private present: Outage | undefined;
  private since = 0;
  /** Since when there has been one of any kind. */
  private began = 0;
  /** What was told last, by the replicas awaited, and when. */
  private told:
    | { readonly key: string; readonly at: number; readonly pause: number; readonly reminder: number }
    | undefined;
  private stopTimer: (() => void) | undefined;

  /** `onOutage` is given the outage, or undefined when it is over, and how long it lasted in milliseconds. */
  constructor(
    replica: OutageSubject,
    tick: number,
    clock: Clock,
    onOutage: (outage: LastingOutage | undefined, lasted: number) => void,
  ) {
    this.replica = replica;
    this.tick = tick;
    this.clock = clock;
    this.onOutage = onOutage;
    const since = clock.now();
    for (let number = 0; number < replica.configuration.size; number++)
      if (number !== replica.replicaNumber)
        this.peers.set(number, { isReached: false, since, reason: '', status: undefined });
  }

  start(): void {
    this.stopTimer = this.clock.after(lookTicks * this.tick, () => {
      this.tell();
      this.start();
    });
  }

  stop(): void {
    this.stopTimer?.();
  }

  onConnection(state: 'connected' | 'lost', number: number | undefined, reason: string): void {
    const peer = number === undefined ? undefined : this.peers.get(number);
    if (peer === undefined) return;
    const isReached = state === 'connected';
    if (isReached !== peer.isReached) peer.since = this.clock.now();
    peer.isReached = isReached;
    peer.reason = reason;
    if (!isReached) peer.status = undefined;
  }

  /** Another replica has told its status. */
  onStatus(number: number, status: StatusReport['status'] | undefined): void {
    const peer = this.peers.get(number);
    if (peer?.isReached === true && status !== undefined) peer.status = status;
  }

  /** The outage as it is now; undefined while nothing keeps the replica from taking part. */
  look(): LastingOutage | undefined {
    const now = this.clock.now();
    // Every sign of life is answered with it: nothing is worked out while the replica takes part.
    const facts = (): ReadonlyMap<number, PeerFacts> =>
      new Map(
        [...this.peers].map(([number, { since, ...peer }]) => [number, { ...peer, duration: now - since }]),
      );
    const outage = outageOf(this.replica, facts);
    if (outage?.code !== this.present?.code) this.since = now;
    if (outage !== undefined && this.present === undefined) this.began = now;
    this.present = outage;
    return outage && { ...outage, duration: now - this.since };
  }

  private tell(): void {
    const { told } = this;
    const outage = this.look();
    const now = this.clock.now();
    if (outage === undefined) {
      if (told !== undefined) this.onOutage(undefined, now - this.began);
      this.told = undefined;
      return;
    }
    if (outage.duration < graceTicks * this.tick) return;
    const key = `${outage.code} ${outage.awaited.join()}`;
    const { pause, reminder } = told ?? { pause: graceTicks * this.tick, reminder: firstReminder };
    const isSame = told?.key === key;
    if (told !== undefined && now - told.at < (isSame ? reminder : pause)) return;
    // Replicas that come and go make it tell ever more rarely, too.
    this.told = isSame
      ? { key, at: now, pause, reminder: Math.min(2 * reminder, lastReminder) }
      : { key, at: now, pause: Math.min(2 * pause, firstReminder), reminder: firstReminder };
    this.onOutage(outage, outage.duration);
  }
}
