import type { Log, LogSuffix } from '../data/log.ts';
import type { Replica } from '../data/replica.ts';
import { alarm, reject, type StepContext } from './effects.ts';

/*
 * Where the protocol says that two logs have the same entries, their checksums are compared before entries of one are
 * added to the other. They differ only if a log was changed from outside: by a disk, an operator, or a fault of a program.
 * Nothing is taken from such a log, because the protocol does not tell which of the two is right.
 */

/**
 * The log that this part, sent by replica `from`, makes of the given log, whose first `shared` entries are surely in both.
 * Undefined, after an alarm, if the two differ there.
 */
export function joinLogs(
  context: StepContext,
  log: Log,
  shared: number,
  suffix: LogSuffix,
  from: number,
): Log | undefined {
  const { replica } = context;
  const joined = suffix.joinedTo(log, shared);
  if (joined === undefined) rejectLog(context, suffix.opNumber, from);
  else if (suffix.opNumber >= differedAt(replica, from)) note(replica, from, 0);
  return joined;
}

/** Where the log of this replica was last seen to differ, or 0. */
export function differedAt({ differing }: Replica, from: number): number {
  return differing[from] ?? 0;
}

function note(replica: Replica, from: number, opNumber: number): void {
  if (differedAt(replica, from) !== opNumber) replica.differing = replica.differing.with(from, opNumber);
}

/** Raises an alarm about a log whose checksum at this entry is another than it should be. After that such logs are rejected. */
export function rejectLog(context: StepContext, opNumber: number, from: number): void {
  const { replica } = context;
  const isKnown = differedAt(replica, from) > 0;
  note(replica, from, opNumber);
  if (isKnown) return reject(context, { code: 'log-differs', opNumber });
  alarm(context, { code: 'logs-differ', opNumber, replicaNumber: from });
}
