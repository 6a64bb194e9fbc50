import type { Replica } from '../../../impl/index.ts';
import { isAltered } from '../../world/alteration.ts';
import { isEmptied, restartOf, restartsBefore } from '../../world/disk.ts';
import type { Machine, World } from '../../world/world.ts';
import { isOfLogs } from '../ghost/ghostState.ts';
import { arrived, type CoverageMark, replicaSteps, sends } from './mark.ts';

/** Coverage marks for groups that are founded, and for replicas that lose their storage. */
export const memoryMarks: readonly CoverageMark[] = [
  {
    name: 'group-founded',
    prose: 'A replica founds its group after all others have said that they take part in none.',
    on: ['RECOVERING'],
    reached: ({ event, old, now }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'RECOVERING' &&
      isNewcomer(old?.replica) &&
      now?.replica?.status === 'normal',
  },
  {
    name: 'founding-lost',
    prose:
      'A machine crashes after its replica has founded the group, or begun in it, and before that is durable.',
    on: ['crash'],
    reached: ({ event, old, now }) =>
      event.type === 'crash' &&
      old?.replica !== undefined &&
      !isNewcomer(old.replica) &&
      now?.disk.image.membership.founders.length === 0 &&
      old.disk.image.membership.founders.length === 0,
  },
  {
    name: 'founder-began-late',
    prose: 'A founder begins only after another replica has told it that the group was founded.',
    on: ['FOUNDED'],
    reached: (moment) =>
      arrived(moment, 'FOUNDED') &&
      isNewcomer(moment.old?.replica) &&
      moment.now?.replica?.status === 'normal',
  },
  {
    name: 'storage-lost',
    prose: 'A machine crashes and loses all contents of its storage.',
    on: ['crash'],
    reached: ({ event }) => event.type === 'crash' && event.lost === true,
  },
  {
    name: 'lost-restarted-twice',
    prose: 'A replica whose storage was lost restarts once more before it has recovered.',
    on: ['crash'],
    reached: ({ event, old }) =>
      event.type === 'crash' &&
      old?.replica !== undefined &&
      isNewcomer(old.replica) &&
      isEmptied(old.disk) &&
      event.lost !== true,
  },
  {
    name: 'storage-lost-recovered',
    prose: 'A replica whose storage was lost becomes normal again.',
    on: replicaSteps,
    changes: 'status',
    reached: ({ old, now }) =>
      isNewcomer(old?.replica) &&
      now?.replica?.status === 'normal' &&
      (now.replica.membership.generations[now.replica.replicaNumber] ?? 0) > 0,
  },
  {
    name: 'call-outlives-memory',
    prose:
      'A replica whose storage was lost becomes normal again, and its STARTVIEWCHANGE from before is under way to a replica of an earlier view.',
    on: replicaSteps,
    changes: 'status',
    reached: ({ old, now, after }) =>
      isNewcomer(old?.replica) && now?.replica?.status === 'normal' && isCallUnderWay(after, now),
  },
  {
    name: 'answer-outlives-storage',
    prose: 'A recovering replica whose storage was lost gets an answer to a recovery of its storage before.',
    on: ['RECOVERYRESPONSE'],
    reached: ({ event, old }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'RECOVERYRESPONSE' &&
      isNewcomer(old?.replica) &&
      old !== undefined &&
      restartOf(event.packet.message.nonce) <= restartsBefore(old.disk.name),
  },
  {
    name: 'voted-alone',
    prose:
      'A replica votes for a view, and f + 1 others are normal in an earlier one: who called for it has forgotten that.',
    on: replicaSteps,
    outputs: ['DOVIEWCHANGE'],
    reached: (moment) =>
      sends(moment, 'DOVIEWCHANGE') &&
      moment.now?.replica !== undefined &&
      isAlone(moment.after, moment.now.replica),
  },
  {
    name: 'vote-forgotten',
    prose:
      'A vote, perhaps for a view that is over, is not counted because the voter has lost its storage since.',
    on: ['DOVIEWCHANGE'],
    outputs: ['dropped'],
    reached: ({ outputs }) =>
      outputs.some((output) => output.type === 'dropped' && output.reason === 'vote-forgotten'),
  },
  {
    name: 'log-altered',
    prose: 'A replica restarts, and its storage gives back another entry than was written.',
    on: ['restart'],
    reached: ({ after, now, event }) => {
      const { altered } = after.setup;
      if (event.type !== 'restart' || altered?.replica !== event.replica || now === undefined) return false;
      return isAltered(now.disk.image.log, altered.opNumber);
    },
  },
  {
    name: 'logs-differ',
    prose:
      'A replica learns from a message that another log differs from its own, or that two votes differ, and raises an alarm.',
    on: replicaSteps,
    outputs: ['alarm'],
    reached: ({ outputs }) => outputs.some((output) => output.type === 'alarm' && isOfLogs(output.reason)),
  },
];

/** Whether f + 1 others are normal in an earlier view than the replica, so that it could recover there. */
function isAlone({ machines, configuration }: World, { viewNumber }: Replica): boolean {
  const normal = machines.filter(
    ({ replica }) => replica?.status === 'normal' && replica.viewNumber < viewNumber,
  );
  return normal.length > configuration.tolerated;
}

/** Whether a STARTVIEWCHANGE from before the machine last crashed is under way to a replica that is normal in an earlier view. */
function isCallUnderWay({ machines, packets }: World, sender: Machine): boolean {
  return packets.some(({ from, to, message, incarnation }) => {
    if (message.type !== 'STARTVIEWCHANGE' || machines[from] !== sender) return false;
    const receiver = machines[to]?.replica;
    const isEarlier = receiver?.status === 'normal' && receiver.viewNumber < message.viewNumber;
    return isEarlier && incarnation < sender.incarnation;
  });
}

function isNewcomer(replica: Replica | undefined): boolean {
  return replica?.recovery !== undefined && replica.recovery.name !== null;
}
