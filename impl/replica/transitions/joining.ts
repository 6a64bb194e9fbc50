import type { Log, LogSuffix } from '../data/log.ts';
import { contains, excluding, including } from '../data/replicaSet.ts';
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
  else if (contains(replica.differing, from)) replica.differing = excluding(replica.differing, from);
  return joined;
}

/** Raises an alarm about a log whose checksum at this entry is another than it should be. After that such logs are rejected. */
export function rejectLog(context: StepContext, opNumber: number, from: number): void {
  const { replica } = context;
  if (contains(replica.differing, from)) return reject(context, { code: 'log-differs', opNumber });
  replica.differing = including(replica.differing, from);
  alarm(context, { code: 'logs-differ', opNumber, replicaNumber: from });
}
