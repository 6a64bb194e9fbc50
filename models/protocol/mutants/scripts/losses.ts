import {
  type DoViewChange,
  type Entry,
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
import { said } from './steps.ts';

const runs: readonly Omit<RefusedScript, 'mode' | 'clients'>[] = [
  {
    name: 'a vote counts although another voter knows that its sender has lost its storage since',
    shows:
      'A vote from before a loss that another voter knows of does not count: its sender may have acknowledged more since.',
    refusedBy: 'start-view/no-forgotten-vote',
    steps: (empty) => [
      ...asking,
      ...voting(voteOf(2, empty)),
      ...losing(noLosses, empty),
      ...committing(empty),
      ...voting(voteOf(1, empty, ofTwo(1))),
      ...starting([voteOf(2, empty), voteOf(1, empty, ofTwo(1))]),
    ],
  },
  {
    name: 'a vote does not tell of a loss after which its sender has helped',
    shows: 'A vote must tell every loss of which its sender knows, or a forgotten vote counts.',
    refusedBy: 'DOVIEWCHANGE/knowledge-is-held',
    steps: (empty) => [
      ...asking,
      ...voting(voteOf(2, empty)),
      ...losing(noLosses, empty),
      ...committing(empty),
      ...voting(voteOf(1, empty)),
      ...starting([voteOf(2, empty), voteOf(1, empty)]),
    ],
  },
  {
    name: 'a replica that has moved to view 1, and has voted, answers as if it were normal in view 0',
    shows: 'Who has voted must not help a replica back into the view before.',
    refusedBy: 'RECOVERYRESPONSE/sender-is-normal',
    steps: (empty) => [
      ...asking,
      ...voting(voteOf(2, empty)),
      ...voting(voteOf(1, empty)),
      ...losing(noLosses, empty),
      ...committing(empty),
      ...starting([voteOf(2, empty), voteOf(1, empty)]),
    ],
  },
  {
    name: 'a replica learns of its second loss by answers from before it, and takes it for the first',
    shows: 'Earlier answers do not tell of losses that happened after them.',
    refusedBy: 'learn-loss/answers-to-this-restart',
    steps: (empty) => losingTwice(answersTo(questionOf(1, 0), noLosses, empty))(empty),
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
      ...losing(noLosses, empty),
      ...voting(voteOf(2, empty, ofTwo(1))),
      ...losing(ofTwo(1), empty),
      ...committing(empty),
      ...voting(voteOf(1, empty, ofTwo(1))),
      ...starting([voteOf(2, empty, ofTwo(1)), voteOf(1, empty, ofTwo(1))]),
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
      ...losing(noLosses, empty),
      ...losing(ofTwo(1), empty),
      { action: 'note-loss', replica: 1, message: questionOf(1, 1) },
      ...voting(voteOf(1, empty, ofTwo(2))),
    ],
  },
  {
    name: 'a replica loses its storage after another one, and its vote tells of both losses',
    shows: 'A replica that has lost its storage learns of the losses of others from those who help it.',
    mode: 'diskless',
    clients: 0,
    steps: (empty) => [
      ...losing(noLosses, empty),
      ...losing(ofTwo(1), empty, 1),
      ...voting(voteOf(1, empty, withGeneration(ofTwo(1), 1, 1))),
    ],
  },
];

/** It votes after its first loss, and believes after the second one that it has lost its storage once. */
function losingTwice(learned: readonly RecoveryResponse[]) {
  return (empty: Log): readonly Step[] => [
    ...asking,
    ...losing(noLosses, empty),
    ...voting(voteOf(2, empty, ofTwo(1))),
    { action: 'lose-storage', replica: 2 },
    { action: 'restart', replica: 2 },
    { action: 'learn-loss', replica: 2, answers: learned },
    ...recovering(2, 2, ofTwo(1), empty),
    ...committing(empty),
    ...voting(voteOf(1, empty, ofTwo(1))),
    ...starting([voteOf(2, empty, ofTwo(1)), voteOf(1, empty, ofTwo(1))]),
  ];
}

const asking: readonly Step[] = [{ action: 'submit', clientId: 'c0', operation: 0 }];
const asked = { clientId: 'c0', session: 0, requestNumber: 1, operation: 0 } as const;
const predicted: Entry['predicted'] = { time: 1, random: 0 };

/** So many losses of replica 2 are known. */
function ofTwo(generation: number): Generations {
  return withGeneration(noLosses, 2, generation);
}

function voteOf(replica: number, log: Log, generations = noLosses): DoViewChange {
  const numbers = { viewNumber: 1, lastNormalView: 0, commitNumber: 0 };
  return { type: 'DOVIEWCHANGE', ...numbers, log, replica, generations };
}

function voting(vote: DoViewChange): readonly Step[] {
  const { replica, viewNumber } = vote;
  return [
    { action: 'enter-view', replica, viewNumber },
    { action: 'persist', replica },
    { action: 'send', replica, message: vote },
  ];
}

function questionOf(nonce: number, generation: number, replica = 2): Recovery {
  return { type: 'RECOVERY', replica, nonce, viewNumber: 0, generation };
}

/** The answers of the others in view 0. */
function answersTo(question: Recovery, generations: Generations, log: Log): readonly RecoveryResponse[] {
  return helpersOf(question.replica).map((replica) => ({
    ...{ type: 'RECOVERYRESPONSE', viewNumber: 0, asked: question, log: replica === 0 ? log : undefined },
    ...{ replica, generations },
  }));
}

function helpersOf(replica: number): readonly number[] {
  return [0, 1, 2].filter((other) => other !== replica);
}

/**
 * A replica loses its storage, learns which loss it is, and recovers with the help of the others, which note it. `before`: what
 * they knew. It has restarted only after its losses.
 */
function losing(before: Generations, log: Log, replica = 2): readonly Step[] {
  const generation = generationOf(before, replica) + 1;
  const known = withGeneration(before, replica, generation);
  const question = questionOf(generation, 0, replica);
  const told = questionOf(generation, generation, replica);
  const answers = answersTo(question, before, log);
  return [
    { action: 'lose-storage', replica },
    { action: 'restart', replica },
    ...said(question, ...answers),
    { action: 'learn-loss', replica, answers },
    ...said(told),
    ...helpersOf(replica).flatMap((helper): Step[] => [
      { action: 'note-loss', replica: helper, message: told },
      { action: 'persist', replica: helper },
    ]),
    ...recovering(replica, generation, known, log),
  ];
}

/** The replica tells its loss, and recovers with the answers of those that know it. */
function recovering(replica: number, nonce: number, known: Generations, log: Log): readonly Step[] {
  const question = questionOf(nonce, generationOf(known, replica), replica);
  const answers = answersTo(question, known, log);
  return [
    ...said(question, ...answers),
    ...answers.slice(0, 1).map((message): Step => ({ action: 'recover', replica, answers, message })),
    { action: 'persist', replica },
  ];
}

/** The entry is committed in view 0 by the replicas 0 and 2. */
function committing(empty: Log): readonly Step[] {
  const log = empty.with({ ...asked, predicted });
  const prepare = { type: 'PREPARE', viewNumber: 0, log, commitNumber: 0 } as const;
  const evidence = [0, 2].map(
    (replica) => ({ type: 'PREPAREOK', viewNumber: 0, opNumber: 1, replica }) as const,
  );
  return [
    { action: 'order', replica: 0, request: { type: 'REQUEST', ...asked }, predicted },
    { action: 'send', replica: 0, message: prepare },
    { action: 'accept', replica: 2, message: prepare, opNumber: 1 },
    ...evidence.map((message): Step => ({ action: 'send', replica: message.replica, message })),
    { action: 'execute', replica: 0, evidence },
  ];
}

/** Replica 1 starts view 1 without the entry, and replica 2 drops it. */
function starting(votes: readonly DoViewChange[]): readonly Step[] {
  const [{ log } = { log: undefined }] = votes;
  if (log === undefined) return [];
  const message = { type: 'STARTVIEW', viewNumber: 1, log, commitNumber: 0 } as const;
  return [
    { action: 'start-view', replica: 1, votes },
    { action: 'send', replica: 1, message },
    { action: 'adopt', replica: 2, message },
  ];
}
