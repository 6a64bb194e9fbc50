import xxhash from 'xxhash-wasm';
import { type Entry, encodeEntry } from './entry.ts';

const { h64ToString } = await xxhash();

/** What a log keeps of the last entry that it has dropped, or of one that it never had. */
export interface LogEnd {
  /** The time predicted for that entry. */
  readonly time: number;
  /** The chained checksum of the log up to that entry: 16 hexadecimal digits. */
  readonly checksum: string;
}

const blank: Entry = {
  ...{ type: 'REQUEST', operation: null, clientId: '', session: 0, requestNumber: 0 },
  predicted: { time: 0, random: 0 },
};
/** By how many characters the JSON of an entry is longer than that of its list, whatever its values are. */
const charsOfNames = JSON.stringify(blank).length - JSON.stringify(encodeEntry(blank)).length;

/** The end of no entries, and of entries that are not known here. */
export const noEnd: LogEnd = { time: 0, checksum: '0'.repeat(16) };

/**
 * The log (VRR §4), with entries numbered from 1. It is persistent: appending leaves the old log valid and shares it,
 * so a log inside a message or an older replica costs nothing to keep.
 *
 * Each log is its last entry, linked to the log before it and, by one longer link, to an earlier one (Myers, "An
 * applicative random-access stack", 1983). Appending takes constant time, and reaching entry n logarithmic time. Only
 * compaction copies.
 *
 * A log may have dropped its first entries, for which a checkpoint stands (VRR §5.1). The others keep their numbers.
 *
 * Its checksum covers the last entry and the checksum of the log before it, dropped entries included: logs of one length with
 * equal checksums hold the same entries. It has 64 bits, detects mistakes, and does not stop forgers.
 */
export class Log {
  static readonly empty = new Log();

  /** The number of the last entry. Dropped entries count. */
  readonly length: number;
  /** The number of entries dropped from the beginning. */
  readonly base: number;
  /**
   * The time predicted for the last entry, dropped or not, or 0 if there never was one. No later entry gets an
   * earlier time.
   */
  readonly lastTime: number;
  private readonly last: Entry | undefined;
  private readonly previous: Log;
  private readonly jump: Log;
  /** The characters of the last entry as JSON, once they were asked for. */
  private weighed: number | undefined;
  /** The chained checksum, once it was asked for. A log without entries has it from the beginning. */
  private summed: string | undefined;

  private constructor(last?: Entry, previous?: Log, base = 0, { time, checksum } = noEnd) {
    this.last = last;
    this.previous = previous ?? this;
    this.length = previous === undefined ? base : previous.length + 1;
    this.base = previous === undefined ? base : previous.base;
    this.lastTime = last === undefined ? time : last.predicted.time;
    this.jump = previous === undefined ? this : previous.jumpOfNext();
    this.weighed = undefined;
    this.summed = previous === undefined ? checksum : undefined;
  }

  /** The log that has dropped its first `base` entries, the last of which is `end`, and holds no others. */
  static after(base: number, end: LogEnd): Log {
    return base === 0 ? Log.empty : new Log(undefined, undefined, base, end);
  }

  /** The chained checksum. Takes time in the entries whose checksums were never asked for. */
  get checksum(): string {
    const unknown: Log[] = [];
    let log: Log = this;
    for (; log.summed === undefined; log = log.previous) unknown.push(log);
    return unknown.reduceRight((before, next) => next.sumAfter(before), log.summed);
  }

  /** Whether its checksum at this entry is another. False if it has dropped that entry, or does not reach it. */
  differsAt(opNumber: number, checksum: string): boolean {
    return opNumber >= this.base && opNumber <= this.length && this.prefix(opNumber).checksum !== checksum;
  }

  /** Takes the checksum from a source that is as certain as the entries, so that it need not be computed. */
  believe(checksum: string): void {
    this.summed ??= checksum;
  }

  private sumAfter(before: string): string {
    const text = this.textOfLast();
    this.summed = h64ToString(before + text);
    return this.summed;
  }

  append(entry: Entry): Log {
    return new Log(entry, this);
  }

  /** The entry with this number, from `base` + 1 to `length`. Throws a RangeError for any other number. */
  at(opNumber: number): Entry {
    const { last } = this.prefix(opNumber);
    if (last === undefined) throw new RangeError(`The log of ${this.extent} has no entry ${opNumber}.`);
    return last;
  }

  /**
   * The log of the first `length` entries, from `base` to the log's own length. Throws a RangeError for any other
   * length.
   */
  prefix(length: number): Log {
    if (!(Number.isInteger(length) && length >= this.base && length <= this.length)) {
      throw new RangeError(`The log of ${this.extent} has no prefix of length ${length}.`);
    }
    let log: Log = this;
    while (log.length > length) log = log.jump.length >= length ? log.jump : log.previous;
    return log;
  }

  /**
   * The same log without its first `base` entries. `end`: the last dropped entry, where it is known otherwise. If the log does
   * not reach that far, or holds another entry there, none of it is left. Takes time in the entries that stay.
   */
  compacted(base: number, end?: LogEnd): Log {
    if (base < this.base) return this;
    if (base > this.length) return Log.after(base, end ?? noEnd);
    const kept: Log[] = [];
    let gone: Log = this;
    for (; gone.length > base; gone = gone.previous) kept.push(gone);
    const { lastTime: time, checksum } = gone;
    if (end !== undefined && end.checksum !== checksum) return Log.after(base, end);
    if (base === this.base) return this;
    return kept.reduceRight(
      (log, { last, summed }) => {
        const next = new Log(last, log);
        next.summed = summed;
        return next;
      },
      Log.after(base, { time, checksum }),
    );
  }

  /** The entries after entry number `after`, for a message. */
  suffix(after: number): LogSuffix {
    return new LogSuffix(after, this);
  }

  /**
   * The first entries after entry number `after` that fit in so many characters of JSON, and at least one, if there
   * is one.
   */
  piece(after: number, maxChars: number): LogSuffix {
    if (after < this.base) throw new RangeError(`The log of ${this.extent} has not all after ${after}.`);
    let end = after;
    for (let left = maxChars; end < this.length; end++) {
      left -= this.prefix(end + 1).weight;
      if (left < 0 && end > after) break;
    }
    return new LogSuffix(after, this.prefix(end));
  }

  /** The last entries that fit in so many characters of JSON, and at least one, if there is one. */
  tail(maxChars: number): LogSuffix {
    let before: Log = this;
    for (let left = maxChars; before.length > this.base; before = before.previous) {
      left -= before.weight;
      if (left < 0 && before !== this) break;
    }
    return new LogSuffix(before.length, this);
  }

  private get weight(): number {
    if (this.weighed === undefined) this.textOfLast();
    return this.weighed ?? 0;
  }

  /** The last entry as the checksum covers it. Its weight is known then. */
  private textOfLast(): string {
    const text = this.last === undefined ? '' : JSON.stringify(encodeEntry(this.last));
    this.weighed = text.length + charsOfNames;
    return text;
  }

  /**
   * The entries after entry number `after`, in order. Takes time in the entries returned. Throws a RangeError if
   * `after` is below `base`.
   */
  entriesAfter(after: number): readonly Entry[] {
    if (after < this.base) throw new RangeError(`The log of ${this.extent} has not all after ${after}.`);
    const entries: Entry[] = [];
    for (let log: Log = this; log.length > after && log.last !== undefined; log = log.previous)
      entries.push(log.last);
    return entries.reverse();
  }

  toJSON(): readonly Entry[] | ReturnType<LogSuffix['toJSON']> {
    return this.base === 0 ? this.entriesAfter(0) : this.suffix(this.base).toJSON();
  }

  private get extent(): string {
    return `${this.length} entries${this.base === 0 ? '' : `, of which the first ${this.base} are gone,`}`;
  }

  /** The long links form a skew-binary number system: two equal spans merge into one twice as long. */
  private jumpOfNext(): Log {
    const { jump } = this;
    return this.length - jump.length === jump.length - jump.jump.length ? jump.jump : this;
  }
}

/** The part of a log after an entry, as messages carry it. Its receiver reads only that part, and the checksum. */
export class LogSuffix {
  /** The number of the entry before the first one. */
  readonly after: number;
  private readonly log: Log;
  /** The checksum that the sender gave, where the entries before the part are not known. */
  private readonly given: string | undefined;

  constructor(after: number, log: Log, given?: string) {
    if (!(Number.isInteger(after) && after >= log.base && after <= log.length))
      throw new RangeError(`A log with entries ${log.base + 1} to ${log.length} has none after ${after}.`);
    this.after = after;
    this.log = log;
    this.given = given;
  }

  /** The chained checksum of the log at its last entry. */
  get checksum(): string {
    return this.given ?? this.log.checksum;
  }

  /** The number of the last entry, or `after` if there is none. */
  get opNumber(): number {
    return this.log.length;
  }

  /** The entries with numbers above `opNumber`. Throws a RangeError if that is below `after`. */
  entriesAfter(opNumber: number): readonly Entry[] {
    if (opNumber < this.after)
      throw new RangeError(`Entries after ${opNumber} were asked of a suffix after ${this.after}.`);
    return this.log.entriesAfter(opNumber);
  }

  /**
   * The log that consists of the first `after` entries of the given log and the entries of this suffix. Entries that
   * the given log has dropped stay dropped. Throws a RangeError if the given log is too short, or if this suffix ends
   * before the base of the given log.
   */
  onto(log: Log): Log {
    const from = Math.max(this.after, log.base);
    const kept = log.prefix(from);
    // Logs that grew from one another share their common part, and nothing is copied.
    if (kept === this.log.prefix(from)) return this.log;
    return this.entriesAfter(from).reduce((whole, request) => whole.append(request), kept);
  }

  /**
   * As `onto`, or undefined if the two are not parts of one log: checksums differ at the last entry of this suffix, or
   * at an earlier one that both hold. The first `shared` entries of the given log should be in both; the others need not.
   */
  joinedTo(log: Log, shared: number): Log | undefined {
    // The checkpoint that stands for all of it is compared by itself.
    if (this.opNumber < log.base) return log;
    if (this.opNumber <= shared) {
      const prefix = log.prefix(this.opNumber);
      return areEqual(prefix, this.source) ? prefix : undefined;
    }
    const whole = this.onto(log);
    const isShared =
      shared <= Math.max(this.after, log.base) || areEqual(whole.prefix(shared), log.prefix(shared));
    return isShared && areEqual(whole, this.source) ? whole : undefined;
  }

  /** What its checksum depends on: the log, or only this suffix, where it came with a checksum. */
  get source(): Log | LogSuffix {
    return this.given === undefined ? this.log : this;
  }

  toJSON(): { readonly after: number; readonly entries: readonly Entry[] } {
    return { after: this.after, entries: this.entriesAfter(this.after) };
  }
}

/** Logs that grew from one another are the same objects as far as they are equal, and nothing is summed. */
function areEqual(one: Log, other: Log | LogSuffix): boolean {
  return one === other || one.checksum === other.checksum;
}
