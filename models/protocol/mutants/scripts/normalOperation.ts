import type { Log, Step } from '../../../../spec/protocol/index.ts';
import type { RefusedScript } from '../follow.ts';
import {
  accepting,
  acknowledgementsOf,
  entryOf,
  executing,
  logOf,
  ordering,
  persisting,
  prepareOf,
  requestOf,
  said,
  sending,
  served,
  submitting,
} from './steps.ts';

const a = entryOf('c0', 1);
const again = { ...a, session: 5 };

/** Runs in which a replica orders, accepts, executes or answers what a rule refuses. */
export const normalOperation: readonly RefusedScript[] = [
  {
    name: 'a replica answers a client with the result of the request of another client',
    shows: 'The log of a REPLY ends with a request of the client that it names.',
    mode: 'durable',
    clients: 2,
    refusedBy: 'REPLY/request-is-executed',
    steps: (empty) => answeringWrongly(empty, 'c1', 1),
  },
  {
    name: 'a replica answers a request with the result of the one before it',
    shows: 'The log of a REPLY ends with the request whose number it names.',
    mode: 'durable',
    clients: 1,
    refusedBy: 'REPLY/request-is-executed',
    steps: (empty) => answeringWrongly(empty, 'c0', 2),
  },
  {
    name: 'a primary that is down orders a request',
    shows:
      'A replica that is down is in no view, though its numbers say view 0: it would give a number of its log to another entry.',
    mode: 'durable',
    clients: 2,
    refusedBy: 'order/primary-orders',
    steps: (empty) => {
      const [log, other] = [logOf(empty, entryOf('c1', 1)), logOf(empty, a)];
      const committed = { type: 'COMMIT', viewNumber: 0, commitNumber: 1 } as const;
      return [
        submitting('c0', 1),
        submitting('c1', 1),
        ...served(0, 1, 0, log, entryOf('c1', 1)),
        sending(0, committed),
        { action: 'crash', replica: 0, survivors: 0, isDamaged: false },
        ...ordering(0, a),
        sending(0, prepareOf(0, other)),
        ...accepting(2, 0, other),
        ...executing(2, 1, committed),
      ];
    },
  },
  {
    name: 'a backup executes two entries, and was told that one is committed',
    shows: 'COMMIT is evidence for as many entries as it tells, and for no more.',
    mode: 'durable',
    clients: 2,
    refusedBy: 'execute/entry-is-committed',
    steps: (empty) => {
      const both = logOf(empty, a, entryOf('c1', 1));
      const acknowledged = acknowledgementsOf(0, 1, [0, 1]);
      const committed = { type: 'COMMIT', viewNumber: 0, commitNumber: 1 } as const;
      return [
        submitting('c0', 1),
        submitting('c1', 1),
        ...ordering(0, a, entryOf('c1', 1)),
        ...persisting(0),
        sending(0, prepareOf(0, both)),
        ...accepting(1, 0, both),
        ...said(...acknowledged),
        ...executing(0, 1, ...acknowledged),
        sending(0, committed),
        ...executing(1, 2, committed),
      ];
    },
  },
  {
    name: 'a backup takes more entries from a message than it has, and loses its own',
    shows: 'The entries that a backup takes are in the message: its log only grows.',
    mode: 'durable',
    clients: 2,
    refusedBy: 'accept/entries-were-sent',
    steps: (empty) => {
      const b = entryOf('c1', 1);
      const message = prepareOf(0, logOf(empty, a));
      return [
        submitting('c0', 1),
        submitting('c1', 1),
        ...ordering(0, a),
        sending(0, message),
        ...persisting(0),
        ...served(0, 1, 0, logOf(empty, a, b), b),
        ...executing(0, 1, ...acknowledgementsOf(0, 2, [0, 1])),
        { action: 'accept', replica: 1, message, opNumber: 3 },
        ...persisting(1),
      ];
    },
  },
  {
    name: 'a request is ordered again because its copy names a session, where there are none',
    shows: 'Without sessions, a client-table knows a client by its name alone.',
    mode: 'durable',
    clients: 1,
    requests: [requestOf(again)],
    refusedBy: 'order/request-is-next',
    steps: (empty) => [
      submitting('c0', 1),
      ...served(0, 1, 0, logOf(empty, a), a),
      ...served(0, 1, 0, logOf(empty, a, again), again),
    ],
  },
];

/** A replica executes the first request of client c0, and answers this other request with its result. */
function answeringWrongly(empty: Log, clientId: string, requestNumber: number): readonly Step[] {
  const reply = { type: 'REPLY', clientId, requestNumber, log: logOf(empty, a) } as const;
  return [
    submitting('c0', 1),
    submitting(clientId, requestNumber),
    ...served(0, 1, 0, reply.log, a),
    sending(0, reply),
    { action: 'take-answer', reply },
  ];
}
