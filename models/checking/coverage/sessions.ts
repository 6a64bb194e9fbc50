import type { Client } from '../../../impl/index.ts';
import type { Machine } from '../../world/world.ts';
import { isEntryOutcome } from '../ghost/ghostState.ts';
import { arrived, type CoverageMark, type Moment, replicaSteps } from './mark.ts';

/** Coverage marks for sessions, several outstanding requests of one client, and evictions. */
export const sessionMarks: readonly CoverageMark[] = [
  {
    name: 'client-evicted',
    prose: 'A client learns that its session has ended.',
    on: ['EVICTED'],
    reached: ({ after }) => after.last?.clientOutputs.some(({ type }) => type === 'evicted') === true,
  },
  {
    name: 'evicted-while-waiting',
    prose: 'A registration evicts a client that has a request in the log after it.',
    on: replicaSteps,
    outputs: ['turned-away'],
    reached: ({ outputs }) => {
      const ended = outputs.filter(isEntryOutcome);
      const registered = ended.findIndex(({ type }) => type === 'registered');
      return registered >= 0 && ended.slice(registered).some(({ type }) => type === 'turned-away');
    },
  },
  {
    name: 'executed-then-turned-away',
    prose:
      'A request that was executed arrives again after its client was evicted, and is not executed again.',
    on: replicaSteps,
    outputs: ['turned-away'],
    reached: (moment) =>
      moment.outputs.some(
        (output) =>
          output.type === 'turned-away' &&
          wasExecuted(moment, output.request.clientId, output.request.requestNumber),
      ),
  },
  {
    name: 'registered-once-more',
    prose: 'A late registration registers an evicted client again.',
    on: replicaSteps,
    outputs: ['registered'],
    reached: (moment) =>
      moment.outputs.some(
        (output) => output.type === 'registered' && wasExecuted(moment, output.request.clientId, 1),
      ),
  },
  {
    name: 'session-ended',
    prose: 'A client ends its session, and its line leaves the client-table.',
    on: replicaSteps,
    outputs: ['ended'],
    reached: ({ outputs, old }) =>
      outputs.some(
        (output) =>
          output.type === 'ended' && sessionIn(old, output.request.clientId) === output.request.session,
      ),
  },
  {
    name: 'ended-once-more',
    prose: 'The end of a session is executed, and the session has ended before.',
    on: replicaSteps,
    outputs: ['ended'],
    reached: ({ outputs, old }) =>
      outputs.some(
        (output) =>
          output.type === 'ended' &&
          sessionIn(old, output.request.clientId) !== output.request.session &&
          !outputs.some((other) => other.type === 'registered' && other.opNumber === output.request.session),
      ),
  },
  {
    name: 'end-leaves-later-session',
    prose: 'The end of a session is executed, and the client has a later session, which stays.',
    on: replicaSteps,
    outputs: ['ended'],
    reached: ({ outputs, now }) =>
      outputs.some(
        (output) => output.type === 'ended' && sessionIn(now, output.request.clientId) !== undefined,
      ),
  },
  {
    name: 'turned-away-after-end',
    prose: 'A late request is not executed, because its client has ended the session.',
    on: replicaSteps,
    outputs: ['turned-away'],
    reached: ({ outputs, ghostState: { history } }) =>
      outputs.some(
        (output) =>
          output.type === 'turned-away' &&
          history.entriesAfter(0).some(({ clientId, session, requestNumber }) => {
            const { request } = output;
            return clientId === request.clientId && session === request.session && requestNumber === 0;
          }),
      ),
  },
  {
    name: 'two-outstanding',
    prose: 'A client sends a request while it waits for the answer to another.',
    on: ['request'],
    reached: ({ event, after }) =>
      event.type === 'request' && (after.clients[event.client]?.client.outstanding.length ?? 0) > 1,
  },
  {
    name: 'window-full',
    prose: 'A client has as many requests outstanding as it may, and more than one.',
    on: ['request'],
    reached: ({ event, after }) => {
      const client = event.type === 'request' ? after.clients[event.client]?.client : undefined;
      return (
        client !== undefined && client.outstanding.length > 1 && !after.implementation.mayRequest(client)
      );
    },
  },
  {
    name: 'later-answered-first',
    prose: 'A client is answered while it still waits for the answer to an earlier request.',
    on: ['REPLY'],
    reached: (moment) => {
      const { before, after } = moment;
      const oldest = clientOf(moment, before)?.outstanding[0];
      const isAnswered = after.last?.clientOutputs.some(({ type }) => type === 'answered') === true;
      return isAnswered && oldest !== undefined && clientOf(moment, after)?.outstanding[0] === oldest;
    },
  },
  {
    name: 'earlier-result-repeated',
    prose:
      'A request is answered from the client-table although a later one of the same client was executed.',
    on: ['REQUEST'],
    outputs: ['reply'],
    reached: (moment) =>
      arrived(moment, 'REQUEST') &&
      moment.outputs.some(
        (output) =>
          output.type === 'reply' &&
          output.message.requestNumber > 0 &&
          output.message.requestNumber <
            (moment.now?.replica?.clientTable.get(output.message.clientId)?.requestNumber ?? 0),
      ),
  },
  {
    name: 'earlier-request-missing',
    prose: 'A request arrives before an earlier one of the same client, and is dropped.',
    on: ['REQUEST'],
    outputs: ['dropped'],
    reached: (moment) =>
      arrived(moment, 'REQUEST') &&
      moment.outputs.some(
        (output) => output.type === 'dropped' && output.reason === 'earlier-request-missing',
      ),
  },
];

function wasExecuted({ ghostState }: Moment, clientId: string, requestNumber: number): boolean {
  return ghostState.promised.history.some(
    ({ request }) => request.clientId === clientId && request.requestNumber === requestNumber,
  );
}

function sessionIn(machine: Machine | undefined, clientId: string): number | undefined {
  return machine?.replica?.clientTable.get(clientId)?.session;
}

function clientOf({ after: { last } }: Moment, world: Moment['before']): Client | undefined {
  return last?.client === undefined ? undefined : world.clients[last.client]?.client;
}
