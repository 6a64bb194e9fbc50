import {
  type DoViewChange,
  type Generations,
  type Log,
  noLosses,
  type Recovery,
  type RecoveryResponse,
  type Step,
  withGeneration,
} from '../../../../spec/protocol/index.ts';
import type { RefusedScript } from '../follow.ts';
import {
  acknowledgementsOf,
  adopting,
  entering,
  entryOf,
  executing,
  logOf,
  ordering,
  persisting,
  prepareOf,
  restarting,
  said,
  sending,
  startViewOf,
  submitting,
} from './steps.ts';

/**
 * Runs of five replicas, two of which may have lost their storage at a time. Replica 3 votes for view 1, loses its storage, recovers
 * into view 0 and helps to commit an entry that its vote lacks.
 */
export const lossesOfFive: readonly RefusedScript[] = [
  {
    name: 'a helper answers, loses its storage, and its answer still counts',
    shows: 'Who has lost its storage has forgotten what it had noted before it answered.',
    refusedBy: 'recover/no-forgotten-answer',
    steps: (empty: Log) => {
      const ofOne = withGeneration(noLosses, 1, 1);
      const both = withGeneration(ofOne, 3, 1);
      const [told, toldByOne] = [questionOf(3, 1, 1), questionOf(1, 1, 1)];
      const early = answerOf(told, 1, ofThree(1), empty);
      const help = [0, 2, 4].map((replica) => answerOf(toldByOne, replica, ofOne, empty));
      const late = [0, 4].map((replica) => answerOf(told, replica, both, empty));
      const vote = voteOf(3, empty, noLosses);
      return [
        ...voting(vote),
        ...losing(3),
        ...learning(questionOf(3, 1, 0), told, empty, { 0: 0, 1: 0, 4: 0 }),
        ...noting(told, 1),
        ...said(early),
        ...losing(1),
        ...learning(questionOf(1, 1, 0), toldByOne, empty, { 0: 0, 2: 0, 4: 0 }),
        ...noting(toldByOne, 0, 2, 4),
        ...recovering(1, help),
        ...noting(told, 0, 4),
        ...said(...late),
        ...recovered(3, [...late, early]),
        ...forgetting(empty, vote, ofOne),
      ];
    },
  },
  {
    name: 'a replica recovers as one that has lost its storage once, while a helper knows of a second loss',
    shows: 'It would take part under a number that only one other knows, and lose that number again.',
    refusedBy: 'recover/helpers-know-loss',
    steps: (empty: Log) => {
      const vote = voteOf(3, empty, ofThree(2));
      const [first, second, third, last] = [
        questionOf(3, 1, 1),
        questionOf(3, 2, 2),
        questionOf(3, 3, 1),
        questionOf(3, 4, 2),
      ];
      return [
        ...losing(3),
        ...learning(questionOf(3, 1, 0), first, empty, { 0: 0, 2: 0, 4: 0 }),
        ...noting(first, 1),
        ...restarting(3),
        ...learning(questionOf(3, 2, 0), second, empty, { 0: 0, 1: 1, 4: 0 }),
        ...noting(second, 1),
        ...restarting(3),
        ...learning(questionOf(3, 3, 0), third, empty, { 0: 0, 2: 0, 4: 0 }),
        ...noting(third, 0, 4),
        ...recovering(3, answersOf(third, empty, { 0: 1, 1: 2, 4: 1 })),
        ...voting(vote),
        ...losing(3),
        ...learning(questionOf(3, 4, 0), last, empty, { 0: 1, 2: 0, 4: 1 }),
        ...noting(last, 0, 2, 4),
        ...recovering(3, answersOf(last, empty, { 0: 2, 2: 2, 4: 2 })),
        ...forgetting(empty, vote, ofThree(2)),
      ];
    },
  },
].map((run) => ({ ...run, mode: 'diskless', size: 5, clients: 1 }));

/** By replica: how many losses it knows of the one that asks. */
type Known = Readonly<Record<number, number>>;

function ofThree(generation: number): Generations {
  return withGeneration(noLosses, 3, generation);
}

function questionOf(replica: number, nonce: number, generation: number): Recovery {
  return { type: 'RECOVERY', replica, nonce, viewNumber: 0, generation };
}

/** The answer of a replica in view 0, of which replica 0 is the primary. */
function answerOf(asked: Recovery, replica: number, generations: Generations, log: Log): RecoveryResponse {
  const told = replica === 0 ? log : undefined;
  return { type: 'RECOVERYRESPONSE', viewNumber: 0, asked, log: told, replica, generations };
}

function answersOf(asked: Recovery, log: Log, known: Known): readonly RecoveryResponse[] {
  return Object.entries(known).map(([replica, generation]) =>
    answerOf(asked, Number(replica), withGeneration(noLosses, asked.replica, generation), log),
  );
}

function voteOf(replica: number, log: Log, generations: Generations): DoViewChange {
  const numbers = { viewNumber: 1, lastNormalView: 0, commitNumber: 0 };
  return { type: 'DOVIEWCHANGE', ...numbers, log, replica, generations };
}

function voting(vote: DoViewChange): readonly Step[] {
  return [...entering(vote.replica, 1), ...said(vote)];
}

function losing(replica: number): readonly Step[] {
  return [
    { action: 'lose-storage', replica },
    { action: 'restart', replica },
  ];
}

/** The replica asks, learns from these answers which loss it is, and tells it. */
function learning(asked: Recovery, told: Recovery, log: Log, known: Known): readonly Step[] {
  const answers = answersOf(asked, log, known);
  return [
    ...said(asked, ...answers),
    { action: 'learn-loss', replica: asked.replica, answers },
    ...said(told),
  ];
}

function noting(message: Recovery, ...replicas: readonly number[]): readonly Step[] {
  return replicas.flatMap((replica): readonly Step[] => [
    { action: 'note-loss', replica, message },
    ...persisting(replica),
  ]);
}

function recovering(replica: number, answers: readonly RecoveryResponse[]): readonly Step[] {
  return [...said(...answers), ...recovered(replica, answers)];
}

/** The replica takes the log of the first answer. */
function recovered(replica: number, answers: readonly RecoveryResponse[]): readonly Step[] {
  return [
    ...answers.slice(0, 1).map((message): Step => ({ action: 'recover', replica, answers, message })),
    ...persisting(replica),
  ];
}

/** Replicas 0, 3 and 4 commit an entry in view 0. Then the early vote of replica 3 starts view 1 without it. */
function forgetting(empty: Log, early: DoViewChange, known: Generations): readonly Step[] {
  const entry = entryOf('c0', 1);
  const log = logOf(empty, entry);
  const acknowledged = acknowledgementsOf(0, 1, [0, 3, 4]);
  const message = prepareOf(0, log);
  const votes = [early, voteOf(1, empty, known), voteOf(2, empty, known)];
  return [
    submitting('c0', 1),
    ...ordering(0, entry),
    sending(0, message),
    ...[3, 4].map((replica): Step => ({ action: 'accept', replica, message, opNumber: 1 })),
    ...said(...acknowledged),
    ...executing(0, 1, ...acknowledged),
    ...votes.slice(1).flatMap(voting),
    { action: 'start-view', replica: 1, votes },
    sending(1, startViewOf(1, empty)),
    ...[2, 3].flatMap((replica) => adopting(replica, 1, empty)),
  ];
}
