import type { Entry, Log, Message, Step } from '../../../spec/protocol/index.ts';
import type { Script } from './follow.ts';

/** Runs that are too long for an exploration. Each needs a rule, which refuses a step of it. */
export const scripts: readonly Script[] = [
  {
    name: 'a primary starts its view, sends PREPARE, crashes before anything is durable, and starts the view again',
    mode: 'durable',
    clients: 2,
    refusedBy: 'PREPARE/view-is-stored',
    steps: (empty) => {
      const a = empty.with(entryOf('c0', 1));
      const bc = empty.with(entryOf('c1', 1)).with(entryOf('c1', 2));
      const [emptyVote, otherVote, vote] = [voteOf(1, empty), voteOf(2, empty), voteOf(0, a)];
      const started = { type: 'STARTVIEW', viewNumber: 1, log: a, commitNumber: 0 } as const;
      const prepare = { type: 'PREPARE', viewNumber: 1, log: bc, commitNumber: 0 } as const;
      const acknowledged = [acknowledgementOf(1), acknowledgementOf(0)];
      const committed = { type: 'COMMIT', viewNumber: 1, commitNumber: 1 } as const;
      return [
        // Replica 0 holds another log of view 0 than the others.
        submitting('c0', 1),
        submitting('c1', 1),
        submitting('c1', 2),
        ordering(0, 'c0', 1),
        { action: 'persist', replica: 0 },
        ...[0, 1, 2].flatMap((replica): Step[] => [
          { action: 'enter-view', replica, viewNumber: 1 },
          { action: 'persist', replica },
        ]),
        sending(1, emptyVote),
        sending(2, otherVote),
        sending(0, vote),
        { action: 'start-view', replica: 1, votes: [emptyVote, otherVote] },
        ordering(1, 'c1', 1),
        ordering(1, 'c1', 2),
        sending(1, prepare),
        { action: 'crash', replica: 1, survivors: 0, isDamaged: false },
        { action: 'restart', replica: 1 },
        { action: 'start-view', replica: 1, votes: [emptyVote, vote] },
        { action: 'persist', replica: 1 },
        sending(1, started),
        { action: 'adopt', replica: 2, message: started },
        { action: 'adopt', replica: 0, message: started },
        { action: 'persist', replica: 0 },
        ...acknowledged.map((message) => sending(message.replica, message)),
        { action: 'execute', replica: 1, evidence: acknowledged },
        sending(1, committed),
        { action: 'accept', replica: 2, message: prepare, opNumber: 2 },
        { action: 'execute', replica: 2, evidence: [committed] },
      ];
    },
  },
  {
    name: 'a new primary takes the log of the latest view, though a log of an earlier one is longer',
    mode: 'durable',
    clients: 2,
    refusedBy: 'STARTVIEW/log-of-the-view',
    steps: (empty) => {
      const long = empty.with(entryOf('c0', 1)).with(entryOf('c0', 2));
      const later = empty.with(entryOf('c1', 1));
      const started = { type: 'STARTVIEW', viewNumber: 1, log: empty, commitNumber: 0 } as const;
      const prepare = { type: 'PREPARE', viewNumber: 1, log: later, commitNumber: 0 } as const;
      const votes = [voteOf(1, empty), voteOf(2, empty)];
      const acknowledged = [acknowledgementOf(1), acknowledgementOf(2)];
      const numbers = { type: 'DOVIEWCHANGE', viewNumber: 2, commitNumber: 0 } as const;
      const longVote = { ...numbers, lastNormalView: 0, log: long, replica: 0 } as const;
      const laterVote = { ...numbers, lastNormalView: 1, log: later, replica: 2 } as const;
      const startedLong = { type: 'STARTVIEW', viewNumber: 2, log: long, commitNumber: 0 } as const;
      const next = [0, 2].map((replica) => ({ ...acknowledgementOf(replica), viewNumber: 2 }));
      return [
        submitting('c0', 1),
        submitting('c0', 2),
        submitting('c1', 1),
        // Replica 0 orders two entries that no other replica receives.
        ordering(0, 'c0', 1),
        ordering(0, 'c0', 2),
        { action: 'persist', replica: 0 },
        { action: 'persist', replica: 0 },
        // The others commit another one in view 1.
        ...[1, 2].flatMap((replica) => entering(replica, 1)),
        ...votes.map((vote) => sending(vote.replica, vote)),
        { action: 'start-view', replica: 1, votes },
        { action: 'persist', replica: 1 },
        sending(1, started),
        ordering(1, 'c1', 1),
        sending(1, prepare),
        { action: 'persist', replica: 1 },
        { action: 'adopt', replica: 2, message: started },
        { action: 'accept', replica: 2, message: prepare, opNumber: 1 },
        { action: 'persist', replica: 2 },
        { action: 'persist', replica: 2 },
        ...acknowledged.map((message) => sending(message.replica, message)),
        { action: 'execute', replica: 1, evidence: acknowledged },
        ...[0, 2].flatMap((replica) => entering(replica, 2)),
        sending(0, longVote),
        sending(2, laterVote),
        { action: 'start-view', replica: 2, votes: [longVote, laterVote] },
        { action: 'persist', replica: 2 },
        sending(2, startedLong),
        { action: 'adopt', replica: 0, message: startedLong },
        { action: 'persist', replica: 0 },
        ...next.map((message) => sending(message.replica, message)),
        { action: 'execute', replica: 0, evidence: next },
      ];
    },
  },
];

function entering(replica: number, viewNumber: number): readonly Step[] {
  return [
    { action: 'enter-view', replica, viewNumber },
    { action: 'persist', replica },
  ];
}

function entryOf(clientId: string, requestNumber: number): Entry {
  const operation = `${clientId}.${requestNumber}`;
  return { clientId, session: 0, requestNumber, operation, predicted: { time: requestNumber, random: 0 } };
}

function submitting(clientId: string, requestNumber: number): Step {
  return { action: 'submit', clientId, operation: `${clientId}.${requestNumber}` };
}

function ordering(replica: number, clientId: string, requestNumber: number): Step {
  const { predicted, ...asked } = entryOf(clientId, requestNumber);
  return { action: 'order', replica, request: { type: 'REQUEST', ...asked }, predicted };
}

function sending(replica: number, message: Exclude<Message, { type: 'REQUEST' }>): Step {
  return { action: 'send', replica, message };
}

/** The vote of a replica for view 1, with its log of view 0. */
function voteOf(replica: number, log: Log) {
  return { type: 'DOVIEWCHANGE', viewNumber: 1, lastNormalView: 0, log, commitNumber: 0, replica } as const;
}

function acknowledgementOf(replica: number) {
  return { type: 'PREPAREOK', viewNumber: 1, opNumber: 1, replica } as const;
}
