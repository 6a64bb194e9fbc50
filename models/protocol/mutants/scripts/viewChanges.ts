import type { RefusedScript } from '../follow.ts';
import {
  acknowledgementsOf,
  adopting,
  entering,
  entryOf,
  logOf,
  ordering,
  prepareOf,
  restarting,
  said,
  sending,
  starting,
  startViewOf,
  submitting,
  voteOf,
} from './steps.ts';

/** Runs in which a view is started in a way that a rule refuses. */
export const viewChanges: readonly RefusedScript[] = [
  {
    name: 'a primary starts its view, sends PREPARE, crashes before anything is durable, and starts the view again',
    shows: 'A PREPARE that leaves before its view is on the disk names entries that the view loses.',
    mode: 'durable',
    clients: 2,
    refusedBy: 'PREPARE/view-is-stored',
    steps: (empty) => {
      const a = empty.with(entryOf('c0', 1));
      const bc = empty.with(entryOf('c1', 1)).with(entryOf('c1', 2));
      const [emptyVote, otherVote, vote] = [voteOf(1, 1, empty), voteOf(1, 2, empty), voteOf(1, 0, a)];
      const started = startViewOf(1, a);
      const prepare = prepareOf(1, bc);
      const acknowledged = acknowledgementsOf(1, 1, [1, 0]);
      const committed = { type: 'COMMIT', viewNumber: 1, commitNumber: 1 } as const;
      return [
        // Replica 0 holds another log of view 0 than the others.
        submitting('c0', 1),
        submitting('c1', 1),
        submitting('c1', 2),
        ...ordering(0, entryOf('c0', 1)),
        { action: 'persist', replica: 0 },
        ...[0, 1, 2].flatMap((replica) => entering(replica, 1)),
        sending(1, emptyVote),
        sending(2, otherVote),
        sending(0, vote),
        { action: 'start-view', replica: 1, votes: [emptyVote, otherVote] },
        ...ordering(1, entryOf('c1', 1)),
        ...ordering(1, entryOf('c1', 2)),
        sending(1, prepare),
        { action: 'crash', replica: 1, survivors: 0, isDamaged: false },
        { action: 'restart', replica: 1 },
        { action: 'start-view', replica: 1, votes: [emptyVote, vote] },
        { action: 'persist', replica: 1 },
        sending(1, started),
        { action: 'adopt', replica: 2, message: started },
        { action: 'adopt', replica: 0, message: started },
        { action: 'persist', replica: 0 },
        ...said(...acknowledged),
        { action: 'execute', replica: 1, evidence: acknowledged },
        sending(1, committed),
        { action: 'accept', replica: 2, message: prepare, opNumber: 2 },
        { action: 'execute', replica: 2, evidence: [committed] },
      ];
    },
  },
  {
    name: 'a new primary takes the log of the latest view, though a log of an earlier one is longer',
    shows: 'A longer log of an earlier view lacks what a later view has committed.',
    mode: 'durable',
    clients: 2,
    refusedBy: 'STARTVIEW/log-of-the-view',
    steps: (empty) => {
      const long = empty.with(entryOf('c0', 1)).with(entryOf('c0', 2));
      const later = empty.with(entryOf('c1', 1));
      const started = startViewOf(1, empty);
      const prepare = prepareOf(1, later);
      const votes = [voteOf(1, 1, empty), voteOf(1, 2, empty)];
      const acknowledged = acknowledgementsOf(1, 1, [1, 2]);
      const longVote = voteOf(2, 0, long);
      const laterVote = voteOf(2, 2, later, 1);
      const startedLong = startViewOf(2, long);
      const next = acknowledgementsOf(2, 1, [0, 2]);
      return [
        submitting('c0', 1),
        submitting('c0', 2),
        submitting('c1', 1),
        // Replica 0 orders two entries that no other replica receives.
        ...ordering(0, entryOf('c0', 1)),
        ...ordering(0, entryOf('c0', 2)),
        { action: 'persist', replica: 0 },
        { action: 'persist', replica: 0 },
        // The others commit another one in view 1.
        ...[1, 2].flatMap((replica) => entering(replica, 1)),
        ...said(...votes),
        { action: 'start-view', replica: 1, votes },
        { action: 'persist', replica: 1 },
        sending(1, started),
        ...ordering(1, entryOf('c1', 1)),
        sending(1, prepare),
        { action: 'persist', replica: 1 },
        { action: 'adopt', replica: 2, message: started },
        { action: 'accept', replica: 2, message: prepare, opNumber: 1 },
        { action: 'persist', replica: 2 },
        { action: 'persist', replica: 2 },
        ...said(...acknowledged),
        { action: 'execute', replica: 1, evidence: acknowledged },
        ...[0, 2].flatMap((replica) => entering(replica, 2)),
        sending(0, longVote),
        sending(2, laterVote),
        { action: 'start-view', replica: 2, votes: [longVote, laterVote] },
        { action: 'persist', replica: 2 },
        sending(2, startedLong),
        { action: 'adopt', replica: 0, message: startedLong },
        { action: 'persist', replica: 0 },
        ...said(...next),
        { action: 'execute', replica: 0, evidence: next },
      ];
    },
  },
  {
    name: 'a primary that has lost its log starts its view again, with the votes of the others',
    shows:
      'The view would have a second first log, and the logs that replicas hold of it would not begin with that.',
    mode: 'diskless',
    clients: 2,
    refusedBy: 'start-view/view-not-started',
    steps: (empty) => {
      const [a, b] = [logOf(empty, entryOf('c0', 1)), logOf(empty, entryOf('c1', 1))];
      const acknowledged = acknowledgementsOf(4, 1, [1, 2]);
      const [emptyVote, otherVote] = [voteOf(4, 2, empty), voteOf(4, 0, b)];
      return [
        submitting('c0', 1),
        submitting('c1', 1),
        ...ordering(0, entryOf('c1', 1)),
        // Replica 1 alone is normal in view 1, and starts view 4 with its log of view 1.
        ...starting(1, empty, voteOf(1, 1, empty), voteOf(1, 2, empty)),
        ...ordering(1, entryOf('c0', 1)),
        ...starting(4, a, voteOf(4, 1, a, 1), emptyVote),
        ...adopting(2, 4, a),
        ...entering(0, 4),
        ...said(otherVote, ...acknowledged),
        { action: 'execute', replica: 1, evidence: acknowledged },
        ...restarting(1),
        { action: 'start-view', replica: 1, votes: [otherVote, emptyVote] },
      ];
    },
  },
];
