import type { Log, LogSuffix } from '../data/log.ts';
import type { LogTransfer, Replica } from '../data/replica.ts';
import { alarm, reject, type StepContext } from './effects.ts';
import { withoutFetched } from './transfer.ts';

/*
 * Where the protocol says that two logs have the same entries, their checksums are compared before entries of one are
 * added to the other, counted as held, or executed. They differ only if a log was changed from outside: by a disk, an operator, or a fault of a program.
 * Nothing is taken from such a log, because the protocol does not tell which of the two is right.
 */

/**
 * The log that this part, sent by replica `from`, makes of the given log, whose first `shared` entries are surely in both.
 * Undefined if the two differ there: after an alarm the first time, and then after a rejection. `source`: whose log the given one is the
 * beginning of, if it is not that of this replica.
 */
export function joinLogs(
  context: StepContext,
  log: Log,
  shared: number,
  suffix: LogSuffix,
  from: number,
  source?: number,
): Log | undefined {
  const { replica } = context;
  const joined = suffix.joinedTo(log, shared);
  if (joined === undefined) {
    if (source === undefined) rejectLog(context, suffix.opNumber, from);
    else rejectTwo(context, 'pieces-differ', suffix.opNumber, source, from);
  } else if (isAgreed(replica, log, shared, suffix, from)) note(replica, from, 0);
  return joined;
}

/**
 * The same for the log that this replica fetches, all of which should be shared. Where this part and what was fetched before differ, either
 * may be wrong: the alarm names the senders of both, and all is fetched anew.
 */
export function joinFetched(
  context: StepContext,
  transfer: LogTransfer,
  suffix: LogSuffix,
  from: number,
): Log | undefined {
  const { log, from: source } = transfer;
  const joined = joinLogs(context, log, log.length, suffix, from, source);
  if (joined === undefined) context.replica.transfer = withoutFetched(context.replica, transfer);
  return joined;
}

/** Whether it was compared with all of this log, or as far as it once differed. */
function isAgreed(
  replica: Replica,
  log: Log,
  shared: number,
  { opNumber }: LogSuffix,
  from: number,
): boolean {
  const compared = opNumber < log.base ? -1 : Math.min(shared, opNumber);
  return compared >= Math.min(differedAt(replica, from), log.length);
}

/** Where the log of this replica was last seen to differ, or 0. */
function differedAt({ differing }: Replica, from: number): number {
  return differing[from] ?? 0;
}

function note(replica: Replica, from: number, opNumber: number): void {
  if (differedAt(replica, from) !== opNumber) replica.differing = replica.differing.with(from, opNumber);
}

/** Raises an alarm about a log whose checksum at this entry is another than it should be. After that such logs are rejected. */
export function rejectLog(context: StepContext, opNumber: number, from: number): void {
  if (noteAll(context, opNumber, [from])) reject(context, { code: 'log-differs', opNumber });
  else alarm(context, { code: 'logs-differ', opNumber, replicaNumber: from });
}

/** The same about two other replicas, whose votes or whose pieces of a log contradict each other. */
export function rejectTwo(
  context: StepContext,
  code: 'votes-differ' | 'pieces-differ',
  opNumber: number,
  one: number,
  other: number,
): void {
  if (noteAll(context, opNumber, [one, other])) reject(context, { code: 'log-differs', opNumber });
  else alarm(context, { code, opNumber, replicaNumber: one, other });
}

/** Notes that the logs of these replicas differ here. Returns whether that was known of each. */
function noteAll({ replica }: StepContext, opNumber: number, replicas: readonly number[]): boolean {
  const isKnown = replicas.every((from) => differedAt(replica, from) > 0);
  // Empty logs are equal, unless a sender is faulty.
  for (const from of replicas) note(replica, from, Math.max(1, opNumber));
  return isKnown;
}
