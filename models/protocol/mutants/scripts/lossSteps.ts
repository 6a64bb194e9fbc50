import {
  type DoViewChange,
  type Generations,
  type Log,
  noLosses,
  type Recovery,
  type RecoveryResponse,
  type Step,
} from '../../../../spec/protocol/index.ts';
import { adopting, entering, persisting, said, sending, startViewOf, voteOf } from './steps.ts';

/** Steps of scripts in which storages are lost, in groups of any size: a vote for view 1, and recoveries into view 0. */

/** The vote for view 1 of a replica that was normal in view 0 with this log. */
export function votedOf(replica: number, log: Log, generations = noLosses): DoViewChange {
  return voteOf(1, replica, log, 0, generations);
}

/** The replica moves to the view of its vote, and sends it. */
export function voting(vote: DoViewChange): readonly Step[] {
  return [...entering(vote.replica, vote.viewNumber), ...said(vote)];
}

export function losing(replica: number): readonly Step[] {
  return [
    { action: 'lose-storage', replica },
    { action: 'restart', replica },
  ];
}

export function questionOf(replica: number, nonce: number, generation: number): Recovery {
  return { type: 'RECOVERY', replica, nonce, viewNumber: 0, generation };
}

/** The answer of a replica in view 0, of which replica 0 is the primary. */
export function answerOf(
  asked: Recovery,
  replica: number,
  generations: Generations,
  log: Log,
): RecoveryResponse {
  const told = replica === 0 ? log : undefined;
  return { type: 'RECOVERYRESPONSE', viewNumber: 0, asked, log: told, replica, generations };
}

/** The replica asks, learns from the answers which loss it is, and tells it. */
export function learning(
  told: Recovery,
  answersTo: (asked: Recovery) => readonly RecoveryResponse[],
): readonly Step[] {
  const asked = { ...told, generation: 0 };
  const answers = answersTo(asked);
  return [
    ...said(asked, ...answers),
    { action: 'learn-loss', replica: told.replica, answers },
    ...said(told),
  ];
}

export function noting(message: Recovery, ...replicas: readonly number[]): readonly Step[] {
  return replicas.flatMap((replica): readonly Step[] => [
    { action: 'note-loss', replica, message },
    ...persisting(replica),
  ]);
}

export function recovering(replica: number, answers: readonly RecoveryResponse[]): readonly Step[] {
  return [...said(...answers), ...recovered(replica, answers)];
}

/** The replica takes the log of the first answer. All of them were sent. */
export function recovered(replica: number, answers: readonly RecoveryResponse[]): readonly Step[] {
  return [
    ...answers.slice(0, 1).map((message): Step => ({ action: 'recover', replica, answers, message })),
    ...persisting(replica),
  ];
}

/** Replica 1 starts view 1 with the log of these votes, and others take it. */
export function startingFirst(
  log: Log,
  votes: readonly DoViewChange[],
  ...others: readonly number[]
): readonly Step[] {
  return [
    { action: 'start-view', replica: 1, votes },
    sending(1, startViewOf(1, log)),
    ...others.flatMap((replica) => adopting(replica, 1, log)),
  ];
}
