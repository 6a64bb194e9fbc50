import { hasCutLinks } from '../../world/enabled.ts';
import { arrived, type CoverageMark, replicaSteps, sends } from './mark.ts';

/** Coverage marks for requests and their answers. */
export const clientMarks: readonly CoverageMark[] = [
  {
    name: 'answered',
    prose: 'A client accepts an answer.',
    on: ['REPLY'],
    reached: ({ after }) => after.last?.clientOutputs.some(({ type }) => type === 'answered') === true,
  },
  {
    name: 'operation-failed',
    prose: 'The service fails at an operation, and its client learns it.',
    on: ['FAILED'],
    reached: ({ after }) => after.last?.clientOutputs.some(({ type }) => type === 'failed') === true,
  },
  {
    name: 'read-answered',
    prose: 'A client gets the answer to an operation that only reads.',
    on: ['REPLY'],
    reached: ({ after }) =>
      after.last?.clientOutputs.some(
        (output) =>
          output.type === 'answered' &&
          after.configuration.service.isRead?.(output.request.operation) === true,
      ) === true,
  },
  {
    name: 'failure-repeated',
    prose: 'A request at which the service failed arrives again, and is answered from the client-table.',
    on: ['REQUEST'],
    reached: (moment) =>
      arrived(moment, 'REQUEST') &&
      moment.outputs.some((output) => output.type === 'reply' && output.message.type === 'FAILED'),
  },
  {
    name: 'answered-while-cut',
    prose: 'A client accepts an answer while links between replicas are cut.',
    on: ['REPLY'],
    reached: ({ after }) =>
      hasCutLinks(after) && after.last?.clientOutputs.some(({ type }) => type === 'answered') === true,
  },
  {
    name: 'answered-after-view-change',
    prose: 'A client learns of a later view from an answer.',
    on: ['REPLY', 'FAILED', 'EVICTED'],
    reached: ({ before, after, event }) =>
      event.type === 'deliver' &&
      after.last?.client !== undefined &&
      (after.clients[after.last.client]?.client.viewNumber ?? 0) >
        (before.clients[after.last.client]?.client.viewNumber ?? 0),
  },
  {
    name: 'answered-from-table',
    prose: 'A request arrives again after it was executed, and is answered from the client-table.',
    on: ['REQUEST'],
    reached: (moment) => arrived(moment, 'REQUEST') && moment.outputs.some(({ type }) => type === 'reply'),
  },
  {
    name: 'repetition-while-running',
    prose: 'A request arrives again while it is being ordered.',
    on: ['REQUEST'],
    reached: (moment) =>
      arrived(moment, 'REQUEST') &&
      moment.outputs.some((output) => output.type === 'dropped' && output.reason === 'request-in-progress'),
  },
  {
    name: 'result-too-large',
    prose: 'An operation fails, because no message carries its result.',
    on: replicaSteps,
    outputs: ['failed'],
    reached: ({ after, outputs }) =>
      after.setup.frameBytes !== undefined && outputs.some(({ type }) => type === 'failed'),
  },
  {
    name: 'request-forwarded',
    prose: 'A request reaches a backup, which forwards it.',
    on: ['REQUEST'],
    outputs: ['REQUEST'],
    reached: (moment) => arrived(moment, 'REQUEST') && sends(moment, 'REQUEST'),
  },
  {
    name: 'client-restarted-while-waiting',
    prose: 'A client crashes while it waits for an answer.',
    on: ['restart-client'],
    reached: ({ event, before }) =>
      event.type === 'restart-client' && before.clients[event.client]?.client.outstanding.length !== 0,
  },
];
