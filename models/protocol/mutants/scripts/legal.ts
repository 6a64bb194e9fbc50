import type { Script } from '../follow.ts';
import {
  accepting,
  acknowledgementsOf,
  adopting,
  answerOf,
  entering,
  entryOf,
  executing,
  logOf,
  ordering,
  persisting,
  prepareOf,
  recoveryOf,
  restarting,
  said,
  sending,
  served,
  starting,
  submitting,
  voteOf,
} from './steps.ts';

const [a, b] = [entryOf('c0', 1), entryOf('c1', 1, 1)];

/** Runs that are legal: a mutant that refuses a step of one forbids too much. */
export const legal: readonly Script[] = [
  {
    name: 'a backup executes a request on the word of the primary, and the client is answered',
    shows: 'One COMMIT of the present view is evidence enough, without the acknowledgements.',
    mode: 'durable',
    clients: 1,
    steps: (empty) => {
      const log = logOf(empty, a);
      const committed = { type: 'COMMIT', viewNumber: 0, commitNumber: 1 } as const;
      const reply = { type: 'REPLY', clientId: 'c0', requestNumber: 1, log } as const;
      return [
        submitting('c0', 1),
        ...served(0, 1, 0, log, a),
        sending(0, committed),
        ...executing(1, 1, committed),
        sending(0, reply),
        { action: 'take-answer', reply },
      ];
    },
  },
  {
    name: 'a backup executes a request because a quorum has acknowledged it, before the primary does',
    shows: 'Where there are no reads, a backup counts acknowledgements as the primary does.',
    mode: 'durable',
    clients: 1,
    steps: (empty) => {
      const log = logOf(empty, a);
      const acknowledged = acknowledgementsOf(0, 1, [0, 1]);
      return [
        submitting('c0', 1),
        ...ordering(0, a),
        sending(0, prepareOf(0, log)),
        ...persisting(0),
        ...accepting(1, 0, log),
        ...said(...acknowledged),
        ...executing(1, 1, ...acknowledged),
      ];
    },
  },
  {
    name: 'two requests of the same predicted time are ordered, and a backup takes them one by one',
    shows: 'Time may stand still, and a part of a message may be taken.',
    mode: 'durable',
    clients: 2,
    steps: (empty) => {
      const message = prepareOf(0, logOf(empty, a, b));
      return [
        submitting('c0', 1),
        submitting('c1', 1),
        ...ordering(0, a, b),
        sending(0, message),
        { action: 'accept', replica: 1, message, opNumber: 1 },
        { action: 'accept', replica: 1, message, opNumber: 2 },
      ];
    },
  },
  {
    name: 'a backup crashes, restarts, and takes entries in the same view',
    shows: 'Only a primary leaves its view when it restarts.',
    mode: 'durable',
    clients: 1,
    steps: (empty) => [
      submitting('c0', 1),
      ...ordering(0, a),
      sending(0, prepareOf(0, logOf(empty, a))),
      ...restarting(1),
      ...accepting(1, 0, logOf(empty, a)),
    ],
  },
  {
    name: 'a primary crashes before it starts its view, and starts it after it has restarted',
    shows: 'A primary leaves a view when it restarts only if it was normal there.',
    mode: 'durable',
    clients: 0,
    steps: (empty) => {
      const votes = [voteOf(1, 1, empty), voteOf(1, 2, empty)];
      return [
        ...entering(1, 1),
        ...entering(2, 1),
        ...said(...votes),
        ...restarting(1),
        { action: 'start-view', replica: 1, votes },
      ];
    },
  },
  {
    name: 'a primary crashes after its first write, and votes with the entry',
    shows: 'A crash leaves as many writes as it says, and all before them.',
    mode: 'durable',
    clients: 1,
    steps: (empty) => [
      submitting('c0', 1),
      ...ordering(0, a),
      ...restarting(0, 1),
      ...persisting(0),
      ...said(voteOf(1, 0, logOf(empty, a))),
    ],
  },
  {
    name: 'a replica recovers into a view that began after it had asked',
    shows:
      'Of the views among the answers the latest counts, also if the primary of an earlier one has answered.',
    mode: 'diskless',
    clients: 0,
    steps: (empty) => {
      const asked = recoveryOf(2, 1, 0);
      const [early, late] = [answerOf(0, asked, 0, empty), answerOf(1, asked, 1, empty)];
      return [
        ...restarting(2),
        ...said(asked, early),
        ...starting(1, empty, voteOf(1, 0, empty), voteOf(1, 1, empty)),
        ...said(late),
        { action: 'recover', replica: 2, answers: [early, late], message: late },
      ];
    },
  },
  {
    name: 'a replica recovers with two answers of the primary, of which the earlier has another log',
    shows:
      'The answer that counts is of the latest view: an earlier one of the same replica may tell entries that were lost.',
    mode: 'diskless',
    clients: 2,
    steps: (empty) => {
      const [lost, kept] = [logOf(empty, a), logOf(empty, b)];
      const asked = recoveryOf(2, 1, 1);
      const early = answerOf(0, asked, 0, lost);
      const [late, backup] = [answerOf(3, asked, 0, kept), answerOf(3, asked, 1)];
      return [
        submitting('c0', 1),
        submitting('c1', 1),
        ...ordering(0, a),
        ...starting(1, empty, voteOf(1, 1, empty), voteOf(1, 2, empty)),
        ...ordering(1, b),
        ...restarting(2),
        ...said(asked, early),
        ...starting(3, kept, voteOf(3, 0, lost), voteOf(3, 1, kept, 1)),
        ...adopting(1, 3, kept),
        ...said(late, backup),
        { action: 'recover', replica: 2, answers: [early, late, backup], message: late },
      ];
    },
  },
  {
    name: 'two primaries order the same request at different times',
    shows: 'Logs with different predictions are different logs: the later primary goes on from its own time.',
    mode: 'durable',
    clients: 1,
    steps: (empty) => [
      submitting('c0', 1),
      submitting('c0', 2),
      ...ordering(0, entryOf('c0', 1, 5)),
      ...starting(1, empty, voteOf(1, 1, empty), voteOf(1, 2, empty)),
      ...ordering(1, entryOf('c0', 1, 1), entryOf('c0', 2, 3)),
    ],
  },
];
