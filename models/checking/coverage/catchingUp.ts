import { type ClientMessage, type Message, type Replica, stateAnswered } from '../../../impl/index.ts';
import { hasCutLinks, isCut } from '../../world/enabled.ts';
import { arrived, type CoverageMark, type Moment, replicaSteps, sends } from './mark.ts';

/** Coverage marks for replicas that fall behind, crash and recover. */
export const catchingUpMarks: readonly CoverageMark[] = [
  {
    name: 'encoded-log-received',
    prose: 'A part of a log that was encoded and decoded arrives.',
    on: ['PREPARE', 'DOVIEWCHANGE', 'STARTVIEW', 'NEWSTATE'],
    reached: ({ after, event }) =>
      after.wire !== undefined &&
      event.type === 'deliver' &&
      'suffix' in event.packet.message &&
      event.packet.message.suffix.opNumber > event.packet.message.suffix.after,
  },
  {
    name: 'transfer-in-view',
    prose: 'A replica fetches entries of its own view that it missed.',
    on: ['NEWSTATE'],
    reached: (moment) =>
      arrived(moment, 'NEWSTATE') &&
      moment.old?.replica?.status === 'normal' &&
      moment.old.replica.log !== moment.now?.replica?.log,
  },
  {
    name: 'transfer-to-later-view',
    prose: 'A replica fetches the log of a later view.',
    on: ['NEWSTATE'],
    reached: (moment) =>
      arrived(moment, 'NEWSTATE') &&
      moment.old?.replica?.status === 'state-transfer' &&
      moment.now?.replica?.status === 'normal',
  },
  {
    name: 'transfer-overtaken',
    prose: 'A view change begins while a replica waits for the log of an earlier view.',
    on: replicaSteps,
    changes: 'status',
    reached: ({ old, now }) =>
      old?.replica?.status === 'state-transfer' && now?.replica?.status === 'view-change',
  },
  {
    name: 'vote-completed',
    prose: 'A new primary fetches the entries that the best vote did not carry, and starts its view.',
    on: ['NEWSTATE'],
    reached: (moment) =>
      arrived(moment, 'NEWSTATE') &&
      moment.old?.replica?.status === 'view-change' &&
      moment.now?.replica?.status === 'normal',
  },
  {
    name: 'voter-cut-off',
    prose:
      'A new primary asks again for the log of the best vote, and a link between it and the voter is cut.',
    on: ['timer'],
    reached: (moment) => cutsAtVoter(moment).includes(true),
  },
  {
    name: 'voter-out-of-reach',
    prose:
      'A new primary asks again for the log of the best vote, and messages to the voter are lost, while those from it arrive.',
    on: ['timer'],
    reached: (moment) => {
      const [fromVoter = true, toVoter = false] = cutsAtVoter(moment);
      return moment.after.loses && toVoter && !fromVoter;
    },
  },
  {
    name: 'vote-set-aside',
    prose: 'A new primary sets a vote aside, because it cannot fetch the log of the voter.',
    on: ['timer'],
    reached: ({ event, old, now }) =>
      event.type === 'timer' &&
      now?.replica?.status === 'view-change' &&
      (now.replica.transfer?.silent ?? 0) > (old?.replica?.transfer?.silent ?? 0),
  },
  {
    name: 'earlier-log-under-way',
    prose:
      'A recovering replica learns how many entries the primary holds, and an answer to an earlier GETSTATE, with fewer, is under way to it.',
    on: ['RECOVERYRESPONSE'],
    reached: ({ event, now, after }) => {
      if (event.type !== 'deliver' || event.packet.message.type !== 'RECOVERYRESPONSE') return false;
      const told = now?.replica === undefined ? undefined : stateAnswered(now.replica);
      return (
        told !== undefined &&
        after.packets.some(
          ({ to, message }) =>
            to === now?.replica?.replicaNumber &&
            message.type === 'NEWSTATE' &&
            message.viewNumber === told.viewNumber &&
            message.opNumber < told.opNumber,
        )
      );
    },
  },
  {
    name: 'acknowledged-past-answer',
    prose:
      'A replica acknowledges more entries than an answer to an earlier GETSTATE has, which is under way to it and would complete its log ' +
      'if it recovered.',
    on: replicaSteps,
    reached: ({ now, after, outputs }) => {
      const replica = now?.replica;
      if (replica?.status !== 'normal') return false;
      const isAcknowledged = outputs.some(
        (output) => output.type === 'send' && output.message.type === 'PREPAREOK',
      );
      return (
        isAcknowledged &&
        after.packets.some(
          ({ to, message }) => to === replica.replicaNumber && isShorterWhole(message, replica),
        )
      );
    },
  },
  {
    name: 'start-not-enough',
    prose: 'A STARTVIEW carries too little of the log for its receiver, which fetches the rest.',
    on: ['STARTVIEW'],
    reached: (moment) =>
      arrived(moment, 'STARTVIEW') &&
      moment.old?.replica?.status !== 'state-transfer' &&
      moment.now?.replica?.status === 'state-transfer',
  },
  {
    name: 'recovery-in-pieces',
    prose:
      "A recovering replica fetches the entries that the primary's answer did not carry, and becomes normal.",
    on: ['NEWSTATE'],
    reached: (moment) =>
      arrived(moment, 'NEWSTATE') &&
      moment.old?.replica?.status === 'recovering' &&
      moment.now?.replica?.status === 'normal',
  },
  {
    name: 'recovery-completed',
    prose: 'A replica that lost its memory becomes normal again.',
    on: replicaSteps,
    changes: 'status',
    reached: ({ old, now }) => old?.replica?.status === 'recovering' && now?.replica?.status === 'normal',
  },
  {
    name: 'recovery-during-view-change',
    prose: 'A replica recovers while another is in a view change.',
    on: replicaSteps,
    changes: 'status',
    reached: ({ old, now, after }) =>
      old?.replica?.status === 'recovering' &&
      now?.replica?.status === 'normal' &&
      after.machines.some(({ replica }) => replica?.status === 'view-change'),
  },
  {
    name: 'recovery-moves-others',
    prose: 'A RECOVERY moves its receiver to a later view that the recovering replica had joined.',
    on: ['RECOVERY'],
    reached: (moment) =>
      arrived(moment, 'RECOVERY') &&
      moment.old?.replica?.status !== 'view-change' &&
      moment.now?.replica?.status === 'view-change',
  },
  {
    name: 'recovering-together',
    prose: 'A recovering replica learns that another one recovers as well.',
    on: ['RECOVERING'],
    reached: (moment) =>
      arrived(moment, 'RECOVERING') &&
      moment.old?.replica?.recovery !== undefined &&
      moment.old.replica.recovery !== moment.now?.replica?.recovery,
  },
  {
    name: 'restart-mid-view-change',
    prose: 'A replica restarts in the view change that it had joined before it crashed.',
    on: ['restart'],
    reached: ({ old, now, event }) =>
      event.type === 'restart' &&
      now?.replica?.status === 'view-change' &&
      now.replica.viewNumber === old?.disk.image.viewNumber,
  },
  {
    name: 'primary-restarted',
    prose: 'A primary restarts from stable storage, and calls for the next view instead of resuming its own.',
    on: ['restart'],
    reached: ({ old, now, event }) =>
      event.type === 'restart' &&
      now?.replica?.status === 'view-change' &&
      now.replica.viewNumber !== old?.disk.image.viewNumber,
  },
  {
    name: 'torn-write-found',
    prose: 'A replica restarts and finds a torn write, of which a crash kept only a part.',
    on: ['restart'],
    reached: ({ old, event }) => event.type === 'restart' && (old?.disk.torn.length ?? 0) > 0,
  },
  {
    name: 'late-checkpoint-lost',
    prose:
      'A crash undoes a checkpoint that its storage writes late: the replica will find the one before it, and a longer log.',
    on: ['crash'],
    reached: ({ old, event }) => event.type === 'crash' && old?.disk.late !== undefined,
  },
  {
    name: 'corruption-found',
    prose: 'A replica restarts with a corrupt log.',
    on: ['restart'],
    reached: ({ old, event }) => event.type === 'restart' && old?.disk.image.isCorrupt === true,
  },
  {
    name: 'corruption-repaired',
    prose: 'A replica with a corrupt log has the whole log on stable storage again.',
    on: ['sync'],
    reached: ({ old, now, event }) =>
      event.type === 'sync' && old?.disk.image.isCorrupt === true && now?.disk.image.isCorrupt === false,
  },
  {
    name: 'released-in-part',
    prose: 'A write becomes durable before a later one, and only the messages that waited for it are sent.',
    on: ['sync'],
    reached: ({ event, outputs }) =>
      event.type === 'sync' &&
      event.writes !== undefined &&
      outputs.some(({ type }) => type === 'send' || type === 'reply'),
  },
  {
    name: 'message-outlives-sender',
    prose: 'A message arrives that was sent before its sender crashed and restarted.',
    reached: ({ event, after }) =>
      event.type === 'deliver' &&
      event.packet.incarnation < (after.machines[event.packet.from]?.incarnation ?? 0),
  },
  {
    name: 'commit-without-all',
    prose: 'An entry is executed while a machine is down or a link is cut.',
    on: replicaSteps,
    outputs: ['executed'],
    reached: ({ outputs, after }) =>
      outputs.some(({ type }) => type === 'executed') &&
      (hasCutLinks(after) || after.machines.some(({ replica }) => replica === undefined)),
  },
  {
    name: 'prepare-resent',
    prose: 'A primary repeats a PREPARE that was not acknowledged.',
    on: ['timer'],
    outputs: ['PREPARE'],
    reached: (moment) =>
      moment.event.type === 'timer' && moment.event.timer === 'resend' && sends(moment, 'PREPARE'),
  },
  {
    name: 'answer-repeated',
    prose: 'An answer to a replica that fetches a log arrives twice, or after all of it came from elsewhere.',
    on: ['NEWSTATE'],
    outputs: ['dropped'],
    reached: ({ outputs }) =>
      outputs.some((output) => output.type === 'dropped' && output.reason === 'answer-repeated'),
  },
];

/**
 * Whether the message brings the end of a log of the view that is shorter than that of this replica, after what the replica would be left
 * with if it lost its memory.
 */
function isShorterWhole(
  message: Message | ClientMessage,
  { viewNumber, log, configuration, commitNumber, checkpoints }: Replica,
): boolean {
  if (message.type !== 'NEWSTATE' || message.viewNumber !== viewNumber) return false;
  const { suffix, opNumber } = message;
  const left = configuration.mode === 'durable' ? commitNumber : (checkpoints.at(-1)?.opNumber ?? 0);
  return suffix.after <= left && suffix.opNumber === opNumber && opNumber < log.length;
}

/** At a timer of a new primary that fetches the log of a vote: whether the link from the voter is cut, and the one to it. */
function cutsAtVoter({ event, old, now, after }: Moment): readonly boolean[] {
  const replica = now?.replica;
  if (event.type !== 'timer' || replica?.status !== 'view-change') return [];
  const [voter, primary] = [old?.replica?.transfer?.asked, replica.replicaNumber];
  return voter === undefined ? [] : [isCut(after, voter, primary), isCut(after, primary, voter)];
}
