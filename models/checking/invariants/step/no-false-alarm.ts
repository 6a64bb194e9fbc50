import { type AlarmReason, describeReason, type Halt } from '../../../../impl/index.ts';
import { isAltered } from '../../../world/alteration.ts';
import { reachedByQuorum } from '../../ghost/clockHistory.ts';
import { positionOf } from '../../ghost/ghostState.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** An operator who was called in vain once does not come the next time. */
export const noFalseAlarm: Invariant = {
  name: 'no-false-alarm',
  level: 'step',
  prose:
    'No replica raises an alarm while the group has lost no more than it tolerates, the service does its part, no stored ' +
    'entry was altered, and the replica’s clock is within the bound of those of a quorum, as they were reported to it. An alarm ' +
    'that its log differs from that of another replica names one whose log does.',
  evidence: {
    reached: { 'recovery-completed': 20 },
    brokenBy: { mutant: 'alarm-too-early', replicas: 3, mode: 'diskless' },
  },
  outputs: ['alarm'],
  check(step) {
    for (const output of step.after.last?.outputs ?? [])
      if (output.type === 'alarm' && !isTrue(step, output.reason))
        return `It raised an alarm, and the group has lost no more than it tolerates: ${describeReason(output.reason)}.`;
    return undefined;
  },
};

/** Whether the simulated world is as the alarm says. No event of it loses more than the group tolerates. */
function isTrue(step: ReplicaStep, reason: AlarmReason): boolean {
  switch (reason.code) {
    case 'too-many-recovering':
    case 'checkpoint-not-restorable':
      return false;
    case 'answered-request-missing':
      return wasAltered(step);
    case 'logs-differ':
      return wasAltered(step) && differsFromSender(step, reason.replicaNumber);
    case 'votes-differ':
    case 'pieces-differ':
      return wasAltered(step);
    case 'checkpoints-differ':
      return differed(step, reason.opNumber, reason.replicaNumber);
    case 'diverged':
      return hasDiverged(step, reason);
    case 'checkpoint-not-taken':
      return !givesItsState(step, reason.opNumber);
    case 'clock-doubted':
      return differsFromQuorum(step);
  }
}

/** Whether a replica has held an altered entry. */
function wasAltered({ after, ghostState }: ReplicaStep): boolean {
  const { altered } = after.setup;
  return altered !== undefined && ghostState.held.some((log) => isAltered(log, altered.opNumber));
}

/** Whether the log that the replica named has shown is another than that of this replica. */
function differsFromSender({ after, old, ghostState }: ReplicaStep, named: number): boolean {
  const { event } = after.last ?? {};
  // In a view change the alarm is about an earlier message, a vote.
  if (event?.type !== 'deliver' || old.replica === undefined || old.replica.status === 'view-change')
    return true;
  const { from, message } = event.packet;
  const sent = 'suffix' in message ? message.suffix : undefined;
  // What others have sent is compared with the message that began the transfer.
  const log = (from === named ? sent : old.replica.transfer?.shown)?.source;
  // A message that was encoded no longer shows the log.
  return log === undefined || !('base' in log) || !ghostState.identities.agree(log, old.replica.log);
}

/** Whether the replica's clock differs by more than the bound from those of a quorum, as they were reported to it. */
function differsFromQuorum({ after, number, now: { replica } }: ReplicaStep): boolean {
  const { clockBound, quorum } = after.configuration;
  const own = after.clocks[number] ?? 0;
  const reached = reachedByQuorum(replica?.clocks.with(number, own) ?? [], quorum);
  return reached > 0 && Math.abs(own - reached) > clockBound;
}

/** Whether the replica and this other one ever had different checkpoints of the op-number. */
function differed({ executed, number }: ReplicaStep, opNumber: number, other: number): boolean {
  const taken = executed.taken.get(opNumber) ?? [];
  return taken[number]?.some((digests) => taken[other]?.some((theirs) => theirs !== digests)) ?? false;
}

/** Whether a quorum had a checkpoint that the replica had not; or, without a quorum, whether any two ever differed. */
function hasDiverged({ after, executed, number }: ReplicaStep, { opNumber, isOutvoted }: Halt): boolean {
  const taken = executed.taken.get(opNumber) ?? [];
  const all = [...new Set(taken.flat())];
  if (!isOutvoted) return all.length > 1;
  return all.some((digests) => {
    const holders = taken.filter((held) => held.includes(digests)).length;
    return holders >= after.configuration.quorum && taken[number]?.some((own) => own !== digests);
  });
}

/** Whether the service gives in parts the state after this entry of the history. */
function givesItsState({ after, executed }: ReplicaStep, opNumber: number): boolean {
  const { service } = after.configuration;
  const entry = executed.promised.history[positionOf(executed, opNumber) - 1];
  try {
    after.implementation.partsOf(service, entry === undefined ? service.initial : entry.state);
    return true;
  } catch {
    return false;
  }
}
