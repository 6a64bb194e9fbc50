import { arrived, type CoverageMark, sends } from './mark.ts';

/** What can happen between clients and the group. */
export const clientMarks: readonly CoverageMark[] = [
  {
    name: 'answered',
    prose: 'A client gets its answer.',
    reached: ({ after }) => after.last?.clientOutputs.some(({ type }) => type === 'answered') === true,
  },
  {
    name: 'answered-after-view-change',
    prose: 'A client gets its answer from a later view than the one in which it asked.',
    reached: ({ before, after, event }) =>
      event.type === 'deliver' &&
      after.last?.client !== undefined &&
      (after.clients[after.last.client]?.client.viewNumber ?? 0) >
        (before.clients[after.last.client]?.client.viewNumber ?? 0),
  },
  {
    name: 'answered-from-table',
    prose: 'A request arrives again after it was executed, and is answered without being run again.',
    reached: (moment) => arrived(moment, 'REQUEST') && moment.outputs.some(({ type }) => type === 'reply'),
  },
  {
    name: 'repetition-while-running',
    prose: 'A request arrives again while it is being ordered.',
    reached: (moment) =>
      arrived(moment, 'REQUEST') &&
      moment.outputs.some((output) => output.type === 'dropped' && output.reason === 'request-in-progress'),
  },
  {
    name: 'request-forwarded',
    prose: 'A request reaches a backup, which forwards it.',
    reached: (moment) => arrived(moment, 'REQUEST') && sends(moment, 'REQUEST'),
  },
  {
    name: 'client-restarted-while-waiting',
    prose: 'A client crashes while it waits for an answer.',
    reached: ({ event, before }) =>
      event.type === 'restart-client' && before.clients[event.client]?.client.outstanding.length !== 0,
  },
];
