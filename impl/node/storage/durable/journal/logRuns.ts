import { Log, type LogEnd } from '../../../../replica/data/log.ts';
import type { Superblock } from '../superblock.ts';
import { parseJson } from './frameContent.ts';

/** A log that frames put together, without a gap. */
interface LogRun {
  log: Log;
  /** The last superblock that was written with this log, as JSON; undefined if there is none. */
  superblock: string | undefined;
}

/** The log that a superblock describes, and whether it is all there. */
export interface FoundLog {
  readonly log: Log;
  readonly isCut: boolean;
}

/**
 * The logs that the frames of a journal put together: one, unless frames are missing. A frame joins the log before it if that has
 * the entries on which it builds, by the chained checksum. So corruption before a checkpoint costs nothing after it.
 */
export class LogRuns {
  private readonly runs: LogRun[] = [];
  /** The run that the next superblock belongs to: none, once frames are missing. */
  private current: LogRun | undefined;

  /** Frames are missing here: they may have replaced the last entries. */
  breakOff(): void {
    this.current = undefined;
  }

  /** The log of the first `after` entries: of the last run if they are those, and otherwise of a new one. */
  before(after: number, end: LogEnd): Log {
    const last = this.runs.at(-1);
    const { log } = last ?? { log: Log.empty };
    // The frames from those entries to this one are a whole chain, and it was written with this log.
    if (this.current !== undefined && this.current === last && after === log.length)
      log.believe(end.checksum);
    const isJoined =
      last !== undefined &&
      after >= log.base &&
      after <= log.length &&
      log.prefix(after).checksum === checksumOf(after, end);
    if (isJoined) {
      this.current = last;
      return log.prefix(after);
    }
    this.current = { log: Log.after(after, end), superblock: undefined };
    this.runs.push(this.current);
    return this.current.log;
  }

  /** The current run has this log from now on. */
  extend(log: Log): void {
    if (this.current !== undefined) this.current.log = log;
  }

  /** A write is complete, after which the log has this length. */
  complete(length: number, superblock: string): void {
    if (this.current?.log.length === length) this.current.superblock = superblock;
  }

  /**
   * The log that the superblock describes. If some of it is missing, only entries for which the checkpoint stands, or that were
   * committed before the gap, are certain: others may have been replaced by entries that are missing.
   */
  find({ base, baseTime, baseChecksum, length, checksum, checkpoint }: Superblock): FoundLog {
    const bottom = { opNumber: base, time: baseTime, checksum: baseChecksum };
    if (length === base) return { log: Log.after(base, bottom), isCut: false };
    const needed = checkpoint ?? bottom;
    const found = this.runs.toReversed().filter(({ log }) => has(log, needed));
    const whole = found.find(({ log }) => has(log, bottom) && has(log, { opNumber: length, checksum }));
    if (whole !== undefined) return { log: whole.log.prefix(length).compacted(base), isCut: false };
    const best = found.find(({ log }) => has(log, { opNumber: length, checksum })) ?? found[0];
    if (best === undefined) return { log: Log.after(needed.opNumber, needed), isCut: true };
    const from = has(best.log, bottom) ? base : needed.opNumber;
    const isAll = has(best.log, { opNumber: length, checksum });
    const certain = isAll ? length : Math.min(Math.max(needed.opNumber, committedIn(best)), best.log.length);
    return { log: best.log.prefix(certain).compacted(from), isCut: !isAll };
  }
}

/** Whether the log has this entry. */
function has(
  log: Log,
  { opNumber, checksum }: { readonly opNumber: number; readonly checksum: string },
): boolean {
  return opNumber >= log.base && opNumber <= log.length && log.prefix(opNumber).checksum === checksum;
}

/** A log without entries has one checksum, whatever the superblock says. */
function checksumOf(after: number, end: LogEnd): string {
  return Log.after(after, end).checksum;
}

/** The commit-number in the last superblock that was written with a log. */
function committedIn({ superblock = '' }: LogRun): number {
  const parsed: unknown = parseJson(superblock);
  if (typeof parsed !== 'object' || parsed === null || !('commitNumber' in parsed)) return 0;
  return Number.isSafeInteger(parsed.commitNumber) ? Number(parsed.commitNumber) : 0;
}
