import {
  type Generations,
  generationOf,
  type Log,
  noLosses,
  type Recovery,
  type RecoveryResponse,
  type Step,
  withGeneration,
} from '../../../../spec/protocol/index.ts';
import type { RefusedScript, Script } from '../follow.ts';
import {
  answerOf,
  learning,
  losing,
  noting,
  questionOf,
  recovering,
  startingFirst,
  votedOf,
  voting,
} from './lossSteps.ts';
import { entryOf, logOf, said, served, submitting } from './steps.ts';

const runs: readonly Omit<RefusedScript, 'mode' | 'clients'>[] = [
  {
    name: 'a vote counts although another voter knows that its sender has lost its storage since',
    shows:
      'A vote from before a loss that another voter knows of does not count: its sender may have acknowledged more since.',
    refusedBy: 'start-view/no-forgotten-vote',
    steps: (empty) => [
      ...asking,
      ...voting(votedOf(2, empty)),
      ...helped(noLosses, empty),
      ...committing(empty),
      ...voting(votedOf(1, empty, ofTwo(1))),
      ...startingFirst(empty, [votedOf(2, empty), votedOf(1, empty, ofTwo(1))], 2),
    ],
  },
  {
    name: 'a vote does not tell of a loss after which its sender has helped',
    shows: 'A vote must tell every loss of which its sender knows, or a forgotten vote counts.',
    refusedBy: 'DOVIEWCHANGE/knowledge-is-held',
    steps: (empty) => [
      ...asking,
      ...voting(votedOf(2, empty)),
      ...helped(noLosses, empty),
      ...committing(empty),
      ...voting(votedOf(1, empty)),
      ...startingFirst(empty, [votedOf(2, empty), votedOf(1, empty)], 2),
    ],
  },
  {
    name: 'a replica that has moved to view 1, and has voted, answers as if it were normal in view 0',
    shows: 'Who has voted must not help a replica back into the view before.',
    refusedBy: 'RECOVERYRESPONSE/sender-is-normal',
    steps: (empty) => [
      ...asking,
      ...voting(votedOf(2, empty)),
      ...voting(votedOf(1, empty)),
      ...helped(noLosses, empty),
      ...committing(empty),
      ...startingFirst(empty, [votedOf(2, empty), votedOf(1, empty)], 2),
    ],
  },
  {
    name: 'a replica learns of its second loss by answers from before it, and takes it for the first',
    shows: 'Earlier answers do not tell of losses that happened after them.',
    refusedBy: 'learn-loss/answers-to-this-restart',
    steps: (empty) => losingTwice(answersTo(questionOf(2, 1, 0), noLosses, empty))(empty),
  },
  {
    name: 'a replica learns of its second loss without answers, and takes it for the first',
    shows: 'f + 1 others must answer, so that one of them knows of every loss before.',
    refusedBy: 'learn-loss/enough-answers',
    steps: losingTwice([]),
  },
  {
    name: 'a vote tells the first loss of another replica, and hides the second',
    shows: 'A vote must tell the latest loss of which its sender knows, or a vote from before it counts.',
    refusedBy: 'DOVIEWCHANGE/knowledge-is-held',
    steps: (empty) => [
      ...asking,
      ...helped(noLosses, empty),
      ...voting(votedOf(2, empty, ofTwo(1))),
      ...helped(ofTwo(1), empty),
      ...committing(empty),
      ...voting(votedOf(1, empty, ofTwo(1))),
      ...startingFirst(empty, [votedOf(2, empty, ofTwo(1)), votedOf(1, empty, ofTwo(1))], 2),
    ],
  },
];

/** Runs in which replica 2 votes for view 1, loses its storage, recovers into view 0 and acknowledges an entry that its vote lacks. */
export const losses: readonly RefusedScript[] = runs.map((run) => ({ mode: 'diskless', clients: 1, ...run }));

/** Runs in which storages are lost and everything is told as it should be. */
export const legalLosses: readonly Script[] = [
  {
    name: 'a replica loses its storage twice, and learns each time which loss it is',
    shows:
      'The next loss is one more than the others know, and a question from before it takes nothing away.',
    mode: 'diskless',
    clients: 0,
    steps: (empty) => [
      ...helped(noLosses, empty),
      ...helped(ofTwo(1), empty),
      { action: 'note-loss', replica: 1, message: questionOf(2, 1, 1) },
      ...voting(votedOf(1, empty, ofTwo(2))),
    ],
  },
  {
    name: 'a replica loses its storage after another one, and its vote tells of both losses',
    shows: 'A replica that has lost its storage learns of the losses of others from those who help it.',
    mode: 'diskless',
    clients: 0,
    steps: (empty) => [
      ...helped(noLosses, empty),
      ...helped(ofTwo(1), empty, 1),
      ...voting(votedOf(1, empty, withGeneration(ofTwo(1), 1, 1))),
    ],
  },
];

/** It votes after its first loss, and believes after the second one that it has lost its storage once. */
function losingTwice(learned: readonly RecoveryResponse[]) {
  const again = questionOf(2, 2, 1);
  return (empty: Log): readonly Step[] => [
    ...asking,
    ...helped(noLosses, empty),
    ...voting(votedOf(2, empty, ofTwo(1))),
    ...losing(2),
    { action: 'learn-loss', replica: 2, answers: learned },
    ...said(again),
    ...recovering(2, answersTo(again, ofTwo(1), empty)),
    ...committing(empty),
    ...voting(votedOf(1, empty, ofTwo(1))),
    ...startingFirst(empty, [votedOf(2, empty, ofTwo(1)), votedOf(1, empty, ofTwo(1))], 2),
  ];
}

const asking: readonly Step[] = [submitting('c0', 1)];

/** So many losses of replica 2 are known. */
function ofTwo(generation: number): Generations {
  return withGeneration(noLosses, 2, generation);
}

/** The answers of the others. */
function answersTo(asked: Recovery, generations: Generations, log: Log): readonly RecoveryResponse[] {
  return helpersOf(asked.replica).map((replica) => answerOf(asked, replica, generations, log));
}

function helpersOf(replica: number): readonly number[] {
  return [0, 1, 2].filter((other) => other !== replica);
}

/**
 * A replica loses its storage, learns which loss it is, and recovers with the help of the others, which note it. `before`: what
 * they knew. It has restarted only after its losses.
 */
function helped(before: Generations, log: Log, replica = 2): readonly Step[] {
  const generation = generationOf(before, replica) + 1;
  const told = questionOf(replica, generation, generation);
  return [
    ...losing(replica),
    ...learning(told, (asked) => answersTo(asked, before, log)),
    ...noting(told, ...helpersOf(replica)),
    ...recovering(replica, answersTo(told, withGeneration(before, replica, generation), log)),
  ];
}

/** The entry is committed in view 0 by the replicas 0 and 2. */
function committing(empty: Log): readonly Step[] {
  const entry = entryOf('c0', 1);
  return served(0, 2, 0, logOf(empty, entry), entry);
}
