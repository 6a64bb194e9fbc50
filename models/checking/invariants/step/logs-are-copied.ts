import type { Log } from '../../../../impl/index.ts';
import { isHeld, logsOf } from '../../ghost/ghostState.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** Without it, two histories grow together, and each replica answers from a third one that none of the others has. */
export const logsAreCopied: Invariant = {
  name: 'logs-are-copied',
  level: 'step',
  prose:
    'Where a stored entry was altered, no replica adds entries of another to a log that differs from the other’s: each log that ' +
    'a replica takes is one that a replica has held, or the beginning of one; and the log with which it enters a view is that of the view. ' +
    'Nor does it count an acknowledgement, or execute what a COMMIT covers, if the sender’s log differs there.',
  evidence: {
    reached: { 'log-altered': 20, 'logs-differ': 20 },
    // Only then is the log on stable storage.
    mode: 'durable',
    brokenBy: { mutant: 'prepare-not-compared', replicas: 3, mode: 'durable' },
  },
  concerns: ({ altered }) => altered !== undefined,
  check(step) {
    const { event } = step.after.last ?? {};
    if (event?.type === 'restart') return undefined;
    const made = logsOf(step.now).find((log) => !isHeld(step.ghostState, log) && !isOrdered(step, log));
    if (made !== undefined)
      return `It holds ${made.length} entries that no replica has held one after the other.`;
    return entersWithOther(step) ?? trustsOther(step);
  },
};

/** Whether a STARTVIEW lets the replica enter the view with another log than that with which the view was started. */
function entersWithOther({ after, old, now: { replica }, ghostState }: ReplicaStep): string | undefined {
  const { event } = after.last ?? {};
  if (event?.type !== 'deliver' || event.packet.message.type !== 'STARTVIEW') return undefined;
  if (replica === undefined || replica.lastNormalView === old.replica?.lastNormalView) return undefined;
  const started = ghostState.started[replica.viewNumber];
  if (started === undefined) return undefined;
  return ghostState.identities.agree(started, replica.log)
    ? undefined
    : `It enters view ${replica.viewNumber} with a log that differs from that of the view.`;
}

/** Whether the replica counts an acknowledgement of another log, or executes what such a log's COMMIT covers. */
function trustsOther({ after, old, now, ghostState }: ReplicaStep): string | undefined {
  const { event } = after.last ?? {};
  const [before, { replica }] = [old.replica, now];
  if (event?.type !== 'deliver' || before === undefined || replica === undefined) return undefined;
  const { message } = event.packet;
  if (message.type !== 'PREPAREOK' && message.type !== 'COMMIT') return undefined;
  const trusts = replica.commitNumber > before.commitNumber || replica.acknowledged !== before.acknowledged;
  const { source: log } = message.suffix;
  // A message that was encoded no longer shows the log.
  if (!trusts || !('base' in log)) return undefined;
  return ghostState.identities.agree(log, before.log)
    ? undefined
    : `It trusts a ${message.type} for ${log.length} entries that differ from its own.`;
}

/** Whether the replica has ordered the last entry of the log in this step. */
function isOrdered({ after, old, ghostState }: ReplicaStep, log: Log): boolean {
  const { event } = after.last ?? {};
  if (event?.type !== 'deliver' || event.packet.message.type !== 'REQUEST' || old.replica === undefined)
    return false;
  return log.length === old.replica.log.length + 1 && ghostState.identities.isPrefix(old.replica.log, log);
}
