import type { Json } from '../../promise/model/json.ts';
import { sameJson } from '../../promise/model/json.ts';

/** What a client asks for. `session` is the op-number of its registration, or 0 where clients need none. */
export interface Entry {
  readonly clientId: string;
  readonly session: number;
  /** From 1, one more with each request of the session. 0 asks for registration, or for the end of the session that is named. */
  readonly requestNumber: number;
  readonly operation: Json;
  /** What the primary predicted for it: the time, and a random number (VRR §4.4). */
  readonly predicted: { readonly time: number; readonly random: number };
}

/** Whether the request ends its session. A registration names none. */
export function endsSession({ session, requestNumber }: Pick<Entry, 'session' | 'requestNumber'>): boolean {
  return requestNumber === 0 && session > 0;
}

/**
 * A log: a list of entries, numbered from 1, that grows at its end. Logs with the same entries that grew from one empty log
 * are the same object, so that `===` compares them.
 */
export class Log {
  /** The paper's op-number. */
  readonly length: number;
  readonly last: Entry | undefined;
  /** The log without its last entry. */
  readonly before: Log | undefined;
  private readonly longer: Log[] = [];

  private constructor(length: number, last: Entry | undefined, before: Log | undefined) {
    this.length = length;
    this.last = last;
    this.before = before;
  }

  /** A log without entries, from which all logs of one group grow. */
  static empty(): Log {
    return new Log(0, undefined, undefined);
  }

  /** A log of so many entries that are not known, equal to itself alone. */
  static unknown(length: number): Log {
    return new Log(length, undefined, undefined);
  }

  /** The log with one more entry. */
  with(entry: Entry): Log {
    const known = this.longer.find(({ last }) => last === entry || (last !== undefined && same(last, entry)));
    if (known !== undefined) return known;
    const longer = new Log(this.length + 1, entry, this);
    this.longer.push(longer);
    return longer;
  }

  /** The first `length` entries, or undefined if there are fewer, or not all of them are known. */
  first(length: number): Log | undefined {
    let log: Log | undefined = this;
    while (log !== undefined && log.length > length) log = log.before;
    return log?.length === length ? log : undefined;
  }

  /** Whether the other log begins with this one. */
  begins(other: Log): boolean {
    return other.first(this.length) === this;
  }
}

function same(one: Entry, other: Entry): boolean {
  return (
    one.clientId === other.clientId &&
    one.session === other.session &&
    one.requestNumber === other.requestNumber &&
    one.predicted.time === other.predicted.time &&
    one.predicted.random === other.predicted.random &&
    sameJson(one.operation, other.operation)
  );
}
