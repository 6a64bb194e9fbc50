import type { CoverageMark, Moment } from './mark.ts';

/** What can happen where checkpoints stand for entries that are gone. */
export const checkpointMarks: readonly CoverageMark[] = [
  {
    name: 'log-compacted',
    prose: 'A replica drops entries for which a checkpoint stands.',
    reached: ({ old, now }) =>
      old?.replica !== undefined && (now?.replica?.log.base ?? 0) > old.replica.log.base,
  },
  {
    name: 'checkpoint-in-view',
    prose: 'A replica that lags behind in its own view takes up the checkpoint of another.',
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'normal',
  },
  {
    name: 'checkpoint-for-later-view',
    prose: 'A replica takes up a later view with a checkpoint of another.',
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'state-transfer',
  },
  {
    name: 'checkpoint-for-start',
    prose: 'A view starts with a log for whose beginning its primary fetched a checkpoint.',
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'view-change',
  },
  {
    name: 'checkpoint-for-recovery',
    prose: 'A replica that lost its memory recovers with a checkpoint of another.',
    reached: (moment) => isRestored(moment) && moment.old?.replica?.status === 'recovering',
  },
  {
    name: 'restarted-from-checkpoint',
    prose: 'A replica restarts from the checkpoint on its own stable storage.',
    reached: ({ event, old }) => event.type === 'restart' && old?.disk.image.checkpoint !== undefined,
  },
  {
    name: 'checkpoint-resumed',
    prose: 'A checkpoint of which a part was fetched is offered once more, and fetched from there on.',
    reached: ({ event, old, now }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'CHECKPOINT' &&
      event.packet.message.exchanged === null &&
      old?.replica?.checkpointTransfer?.part === 'state' &&
      now?.replica?.checkpointTransfer?.opNumber === old.replica.checkpointTransfer.opNumber,
  },
  {
    name: 'checkpoint-replaced',
    prose: 'A checkpoint that was fetched in part is gone, and a later one is fetched instead.',
    reached: ({ old, now }) =>
      old?.replica?.checkpointTransfer !== undefined &&
      now?.replica?.checkpointTransfer !== undefined &&
      now.replica.checkpointTransfer.opNumber > old.replica.checkpointTransfer.opNumber,
  },
];

function isRestored({ event, outputs }: Moment): boolean {
  return event.type !== 'restart' && outputs.some(({ type }) => type === 'restored');
}
