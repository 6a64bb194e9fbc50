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
  answerOf,
  learning,
  losing,
  noting,
  questionOf,
  recovered,
  recovering,
  startingFirst,
  votedOf,
  voting,
} from './lossSteps.ts';
import {
  acknowledgementsOf,
  entryOf,
  executing,
  logOf,
  ordering,
  prepareOf,
  restarting,
  said,
  sending,
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
      const vote = votedOf(3, empty, noLosses);
      return [
        ...voting(vote),
        ...losing(3),
        ...learning(told, (asked) => answersOf(asked, empty, { 0: 0, 1: 0, 4: 0 })),
        ...noting(told, 1),
        ...said(early),
        ...losing(1),
        ...learning(toldByOne, (asked) => answersOf(asked, empty, { 0: 0, 2: 0, 4: 0 })),
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
      const vote = votedOf(3, empty, ofThree(2));
      const [first, second, third, last] = [
        questionOf(3, 1, 1),
        questionOf(3, 2, 2),
        questionOf(3, 3, 1),
        questionOf(3, 4, 2),
      ];
      return [
        ...losing(3),
        ...learning(first, (asked) => answersOf(asked, empty, { 0: 0, 2: 0, 4: 0 })),
        ...noting(first, 1),
        ...restarting(3),
        ...learning(second, (asked) => answersOf(asked, empty, { 0: 0, 1: 1, 4: 0 })),
        ...noting(second, 1),
        ...restarting(3),
        ...learning(third, (asked) => answersOf(asked, empty, { 0: 0, 2: 0, 4: 0 })),
        ...noting(third, 0, 4),
        ...recovering(3, answersOf(third, empty, { 0: 1, 1: 2, 4: 1 })),
        ...voting(vote),
        ...losing(3),
        ...learning(last, (asked) => answersOf(asked, empty, { 0: 1, 2: 0, 4: 1 })),
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

function answersOf(asked: Recovery, log: Log, known: Known): readonly RecoveryResponse[] {
  return Object.entries(known).map(([replica, generation]) =>
    answerOf(asked, Number(replica), withGeneration(noLosses, asked.replica, generation), log),
  );
}

/** Replicas 0, 3 and 4 commit an entry in view 0. Then the early vote of replica 3 starts view 1 without it. */
function forgetting(empty: Log, early: DoViewChange, known: Generations): readonly Step[] {
  const entry = entryOf('c0', 1);
  const log = logOf(empty, entry);
  const acknowledged = acknowledgementsOf(0, 1, [0, 3, 4]);
  const message = prepareOf(0, log);
  const votes = [early, votedOf(1, empty, known), votedOf(2, empty, known)];
  return [
    submitting('c0', 1),
    ...ordering(0, entry),
    sending(0, message),
    ...[3, 4].map((replica): Step => ({ action: 'accept', replica, message, opNumber: 1 })),
    ...said(...acknowledged),
    ...executing(0, 1, ...acknowledged),
    ...votes.slice(1).flatMap(voting),
    ...startingFirst(empty, votes, 2, 3),
  ];
}
