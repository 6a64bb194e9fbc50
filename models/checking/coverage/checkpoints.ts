import { type CoverageMark, type Moment, replicaSteps } from './mark.ts';

/** Coverage marks for checkpoints that replace entries of the log. */
export const checkpointMarks: readonly CoverageMark[] = [
  {
    name: 'log-compacted',
    prose: 'A replica drops entries that a checkpoint replaces.',
    on: replicaSteps,
    reached: ({ old, now }) =>
      old?.replica !== undefined && (now?.replica?.log.base ?? 0) > old.replica.log.base,
  },
  {
    name: 'checkpoint-not-taken',
    prose:
      'The service cannot give its state for a checkpoint, and the replica raises an alarm and keeps its log.',
    on: replicaSteps,
    outputs: ['alarm'],
    reached: ({ outputs }) =>
      outputs.some((output) => output.type === 'alarm' && output.reason.code === 'checkpoint-not-taken'),
  },
  {
    name: 'halted',
    prose: 'A replica finds that its checkpoint is not that of a quorum, and stops for good.',
    on: replicaSteps,
    outputs: ['halt'],
    reached: ({ event, outputs }) => event.type !== 'restart' && outputs.some(({ type }) => type === 'halt'),
  },
  {
    name: 'primary-halted',
    prose: 'The primary finds that its own checkpoint is not that of a quorum, and stops for good.',
    on: replicaSteps,
    outputs: ['halt'],
    reached: ({ after, event, outputs, now }) =>
      event.type !== 'restart' &&
      now?.replica !== undefined &&
      after.implementation.isPrimary(now.replica) &&
      outputs.some(({ type }) => type === 'halt'),
  },
  {
    name: 'restarted-halted',
    prose: 'A replica that has stopped for good restarts, and stays stopped.',
    on: ['restart'],
    outputs: ['halt'],
    reached: ({ event, outputs }) => event.type === 'restart' && outputs.some(({ type }) => type === 'halt'),
  },
  {
    name: 'divergence-undecided',
    prose: 'Two checkpoints differ, and it is not known yet which a quorum holds.',
    on: replicaSteps,
    outputs: ['alarm'],
    reached: ({ outputs }) =>
      outputs.some((output) => output.type === 'alarm' && output.reason.code === 'checkpoints-differ'),
  },
  {
    name: 'executed-past-checkpoint-in-place',
    prose:
      'A replica that is stepped in place, and not forked, executes an entry after it took a checkpoint.',
    on: replicaSteps,
    outputs: ['executed'],
    reached: ({ after, old, outputs }) =>
      after.inPlace !== undefined &&
      (old?.replica?.checkpoints.length ?? 0) > 0 &&
      outputs.some(({ type }) => type === 'executed'),
  },
  {
    name: 'leaf-in-pieces',
    prose: 'The last piece arrives of a part of a checkpoint that is too large for a message.',
    on: ['CHECKPOINT'],
    reached: ({ event, old }) => {
      if (event.type !== 'deliver' || event.packet.message.type !== 'CHECKPOINT') return false;
      const piece = event.packet.message.exchanged?.answer.piece;
      const before = old?.replica?.checkpointTransfer?.piece;
      return (
        piece !== undefined &&
        piece.from > 0 &&
        piece.from === before?.text.length &&
        piece.from + piece.text.length === piece.length
      );
    },
  },
  {
    name: 'checkpoint-in-view',
    prose: 'A replica that lags behind in its own view installs the checkpoint of another.',
    on: replicaSteps,
    outputs: ['restored'],
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'normal',
  },
  {
    name: 'checkpoint-for-later-view',
    prose: 'A replica enters a later view with the checkpoint of another.',
    on: replicaSteps,
    outputs: ['restored'],
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'state-transfer',
  },
  {
    name: 'checkpoint-for-start',
    prose: 'A new primary fetches a checkpoint for the beginning of its log, and starts its view.',
    on: replicaSteps,
    outputs: ['restored'],
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'view-change',
  },
  {
    name: 'checkpoint-for-recovery',
    prose: 'A replica that lost its memory recovers with the checkpoint of another.',
    on: replicaSteps,
    outputs: ['restored'],
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'recovering',
  },
  {
    name: 'restarted-from-checkpoint',
    prose: 'A replica restarts from the checkpoint on its own stable storage.',
    on: ['restart'],
    reached: ({ event, old }) => event.type === 'restart' && old?.disk.image.checkpoint !== undefined,
  },
  {
    name: 'checkpoint-resumed',
    prose: 'A checkpoint that was fetched in part is offered again, and the fetch resumes.',
    on: ['CHECKPOINT'],
    reached: ({ event, old, now }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'CHECKPOINT' &&
      event.packet.message.exchanged === null &&
      old?.replica?.checkpointTransfer?.part === 'state' &&
      now?.replica?.checkpointTransfer?.opNumber === old.replica.checkpointTransfer.opNumber,
  },
  {
    name: 'checkpoint-replaced',
    prose: 'A checkpoint that was fetched in part is dropped, and a later one is fetched instead.',
    on: replicaSteps,
    reached: ({ old, now }) =>
      old?.replica?.checkpointTransfer !== undefined &&
      now?.replica?.checkpointTransfer !== undefined &&
      now.replica.checkpointTransfer.opNumber > old.replica.checkpointTransfer.opNumber,
  },
  {
    name: 'former-checkpoint-under-way',
    prose: 'Another checkpoint is fetched instead, and an answer about the one before is under way.',
    on: ['CHECKPOINT'],
    reached: ({ event, old, now, after }) => {
      const former = old?.replica?.checkpointTransfer?.opNumber;
      const present = now?.replica?.checkpointTransfer?.opNumber;
      if (event.type !== 'deliver' || present === undefined || former === present) return false;
      return after.packets.some(
        ({ to, message }) =>
          to === event.packet.to &&
          message.type === 'CHECKPOINT' &&
          message.exchanged !== null &&
          message.opNumber === former,
      );
    },
  },
];

function isRestored({ event, outputs }: Moment): boolean {
  return event.type !== 'restart' && outputs.some(({ type }) => type === 'restored');
}
