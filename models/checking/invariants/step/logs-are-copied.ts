import { isPrimary, type Log, type Replica, stateAnswered } from '../../../../impl/index.ts';
import { isAltered } from '../../../world/alteration.ts';
import { isHeld, logsOf } from '../../ghost/ghostState.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** Without it, two histories grow together, and each replica answers from a third one that none of the others has. */
export const logsAreCopied: Invariant = {
  name: 'logs-are-copied',
  level: 'step',
  prose:
    'Where a stored entry was altered, no replica adds entries of another to a log that differs from the other’s: each log that ' +
    'a replica takes is one that a replica has held, or the beginning of one; and the log with which it enters a view is that of the view, ' +
    'unless it is from a backup whose entry was altered, and the message that began the transfer has not shown the end of it. ' +
    'Nor does it count an acknowledgement, or execute what a COMMIT covers, if the sender’s log differs there; nor execute an altered ' +
    'entry because a backup, from which it fetched, says that it is committed; nor start a view ' +
    'with the log of one vote while it holds another of the same last normal view that contradicts it.',
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
    return (
      forgetsShown(step) ??
      entersWithOther(step) ??
      trustsOther(step) ??
      believesBackup(step) ??
      startsAgainstVote(step)
    );
  },
};

/** Whether the replica fetches the log of a view, and does not keep what the message with which it began has shown of it. */
function forgetsShown({ after, old, now: { replica } }: ReplicaStep): string | undefined {
  const { event } = after.last ?? {};
  const { status, transfer } = replica ?? {};
  if (event?.type !== 'deliver' || transfer === undefined) return undefined;
  const { message } = event.packet;
  const { viewNumber } = transfer;
  if (status === 'recovering' && message.type === 'RECOVERYRESPONSE') return forgetsAnswered(replica);
  if (status !== 'state-transfer') return undefined;
  const before = old.replica?.status === 'state-transfer' ? old.replica.transfer : undefined;
  const goesOn = before?.viewNumber === viewNumber;
  const shown = goesOn ? before.shown : 'suffix' in message ? message.suffix : undefined;
  return transfer.shown?.opNumber === shown?.opNumber
    ? undefined
    : `It fetches the log of view ${viewNumber}, and has forgotten what the primary has shown of it.`;
}

/** The same of a recovering replica, and of what the primary has answered. */
function forgetsAnswered(replica: Replica | undefined): string | undefined {
  const told = replica && stateAnswered(replica);
  const { log, commitNumber = 0, transfer } = replica ?? {};
  const fetches =
    told !== undefined && told.opNumber >= commitNumber && told.suffix.after > (log?.length ?? 0);
  if (!fetches || transfer?.shown?.opNumber === told.opNumber) return undefined;
  return `It fetches the log of view ${told.viewNumber} to recover, and has forgotten what the primary has answered of it.`;
}

/** Whether a message lets the replica enter a view with another log than that with which the view was started. */
function entersWithOther({ after, old, now: { replica }, ghostState }: ReplicaStep): string | undefined {
  const { event } = after.last ?? {};
  const type = event?.type === 'deliver' ? event.packet.message.type : undefined;
  if (type !== 'STARTVIEW' && type !== 'NEWSTATE') return undefined;
  if (replica === undefined || replica.lastNormalView === old.replica?.lastNormalView) return undefined;
  const started = ghostState.started[replica.viewNumber];
  if (started === undefined) return undefined;
  // Whatever else was altered at another backup shows only once it is acknowledged to the primary, or committed.
  const from = event?.type === 'deliver' ? event.packet.from : undefined;
  const isFromAltered = type === 'NEWSTATE' && from === after.setup.altered?.replica;
  const shown = old.replica?.transfer?.shown?.opNumber ?? 0;
  if (
    isFromAltered &&
    from !== primaryIn(after, replica) &&
    (shown < started.length || shown > replica.log.length)
  )
    return undefined;
  return ghostState.identities.agree(started, replica.log)
    ? undefined
    : `It enters view ${replica.viewNumber} with a log that differs from that of the view.`;
}

function primaryIn({ implementation, configuration }: ReplicaStep['after'], { viewNumber }: Replica): number {
  return implementation.primaryOf(configuration, viewNumber);
}

/** Whether the replica counts an acknowledgement of another log, or executes what such a log's COMMIT covers. */
function trustsOther({ after, old, now, ghostState }: ReplicaStep): string | undefined {
  const { event } = after.last ?? {};
  const [before, { replica }] = [old.replica, now];
  if (event?.type !== 'deliver' || before === undefined || replica === undefined) return undefined;
  const { message } = event.packet;
  if (message.type !== 'PREPAREOK' && message.type !== 'COMMIT') return undefined;
  const countedOf = ({ acknowledged }: Replica) =>
    message.type === 'PREPAREOK' ? (acknowledged[message.replicaNumber] ?? 0) : 0;
  const trusts = replica.commitNumber > before.commitNumber || countedOf(replica) > countedOf(before);
  const { source: log } = message.suffix;
  // A message that was encoded no longer shows the log.
  if (!trusts || !('base' in log)) return undefined;
  return ghostState.identities.agree(log, before.log)
    ? undefined
    : `It trusts a ${message.type} for ${log.length} entries that differ from its own.`;
}

/** Whether a NEWSTATE of another than the primary lets the replica execute an altered entry. */
function believesBackup({ after, old, now: { replica } }: ReplicaStep): string | undefined {
  const { event } = after.last ?? {};
  const { altered } = after.setup;
  if (event?.type !== 'deliver' || event.packet.message.type !== 'NEWSTATE') return undefined;
  if (replica === undefined || altered === undefined || event.packet.from === primaryIn(after, replica))
    return undefined;
  // A new primary executes what the votes say.
  if (old.replica?.status === 'view-change') return undefined;
  const { opNumber } = altered;
  const isExecuted = opNumber > (old.replica?.commitNumber ?? 0) && opNumber <= replica.commitNumber;
  return isExecuted && isAltered(replica.log, opNumber)
    ? `It executes entry ${opNumber}, which was altered, because r${event.packet.from} says that it is committed.`
    : undefined;
}

/** Whether the new primary starts its view although two of the votes with the latest normal view contradict each other. */
function startsAgainstVote({ after, old, now: { replica }, ghostState }: ReplicaStep): string | undefined {
  const before = old.replica;
  if (before?.status !== 'view-change' || replica?.status !== 'normal') return undefined;
  if (before.viewNumber !== replica.viewNumber || !isPrimary(replica)) return undefined;
  // The votes that contradict each other are then left out.
  if (after.last?.outputs.some(({ type }) => type === 'alarm' || type === 'rejected')) return undefined;
  const { event } = after.last ?? {};
  const told = event?.type === 'deliver' ? event.packet.message : undefined;
  // At a resend it sets the vote aside whose log it could not fetch.
  const silent = event?.type === 'timer' ? before.transfer?.asked : undefined;
  const held = before.doViewChanges.filter(({ replicaNumber }) => replicaNumber !== silent);
  const votes = [...held, ...(told?.type === 'DOVIEWCHANGE' ? [told] : [])];
  // Its own vote may arrive in this step.
  const latest = Math.max(before.lastNormalView, ...votes.map(({ lastNormalView }) => lastNormalView));
  const contradicting = votes.find(({ lastNormalView, suffix: { source } }) => {
    // The checksum of a longer log says nothing about its beginning.
    if (lastNormalView !== latest || !('base' in source) || source.length > replica.log.length) return false;
    return !ghostState.identities.isPrefix(source, replica.log);
  });
  return (
    contradicting &&
    `It starts view ${replica.viewNumber} with a log that the vote of r${contradicting.replicaNumber} contradicts.`
  );
}

/** Whether the replica has ordered the last entry of the log in this step. */
function isOrdered({ after, old, ghostState }: ReplicaStep, log: Log): boolean {
  const { event } = after.last ?? {};
  if (event?.type !== 'deliver' || event.packet.message.type !== 'REQUEST' || old.replica === undefined)
    return false;
  return log.length === old.replica.log.length + 1 && ghostState.identities.isPrefix(old.replica.log, log);
}
