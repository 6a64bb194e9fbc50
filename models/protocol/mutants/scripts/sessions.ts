import type { Entry, Log, Step } from '../../../../spec/protocol/index.ts';
import type { Script } from '../follow.ts';
import {
  accepting,
  acknowledgementsOf,
  adopting,
  executing,
  logOf,
  ordering,
  persisting,
  prepareOf,
  requestOf,
  said,
  sending,
  starting,
  voteOf,
} from './steps.ts';

/** All have the same time and operation, so that only the client, the session and the number tell them apart. */
function requested(clientId: string, session: number, requestNumber: number): Entry {
  return { clientId, session, requestNumber, operation: 0, predicted: { time: 1, random: 0 } };
}

const [first, second] = [requested('c0', 0, 0), requested('c1', 0, 0)];
const [late, present, next] = [requested('c0', 1, 1), requested('c0', 3, 1), requested('c0', 3, 2)];
const [one, other] = [requested('c0', 1, 1), requested('c0', 1, 2)];

/** Legal runs of a group with one session. */
export const sessions: readonly Script[] = [
  {
    name: 'two primaries order requests that differ only in their session, one of which has ended',
    shows: 'Only a request of the present session counts as the one before the next.',
    mode: 'durable',
    clients: 0,
    sessions: 1,
    requests: [first, second, late, present, next].map(requestOf),
    steps: (empty) => {
      // The second client takes the session of the first, which registers again.
      const held = [first, second, first];
      return [...outvoted(logOf(empty, ...held), held, late), ...ordering(1, present, next)];
    },
  },
  {
    name: 'two primaries order requests of an ended session that differ only in their number',
    shows: 'The client is told of the end of its session by an answer to the request that was ordered.',
    mode: 'durable',
    clients: 0,
    sessions: 1,
    requests: [first, second, one, other].map(requestOf),
    steps: (empty) => {
      const held = [first, second];
      const log = logOf(empty, ...held);
      // In the order in which the primaries make them.
      const [, ordered] = [log.with(one), log.with(other)];
      const acknowledged = acknowledgementsOf(1, 3, [1, 2]);
      return [
        ...outvoted(log, held, one),
        ...ordering(1, other),
        sending(1, prepareOf(1, ordered)),
        ...persisting(1),
        ...accepting(2, 1, ordered),
        ...said(...acknowledged),
        ...executing(1, 3, ...acknowledged),
        sending(1, { type: 'REPLY', clientId: 'c0', requestNumber: 2, log: ordered }),
      ];
    },
  },
];

/** Replica 0 orders all these entries and one more, which no other replica receives. Replica 1 starts view 1 without that one. */
function outvoted(log: Log, entries: readonly Entry[], lost: Entry): readonly Step[] {
  return [
    ...ordering(0, ...entries),
    sending(0, prepareOf(0, log)),
    ...[1, 2].flatMap((backup) => accepting(backup, 0, log)),
    ...ordering(0, lost),
    ...starting(1, log, voteOf(1, 1, log), voteOf(1, 2, log)),
    ...adopting(2, 1, log),
  ];
}
