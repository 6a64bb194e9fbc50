import type { Message as Sent } from '../../../impl/index.ts';
import {
  type Log as Content,
  generationOf,
  isBetter,
  isForgotten,
  isSameKnowledge,
  type NewState,
  primaryOf,
  type RecoveryResponse,
  type Replica,
  type Message as SpecMessage,
  type State,
  type Step,
} from '../../../spec/protocol/index.ts';
import type { ReplicaStep } from '../invariants/invariant.ts';
import { answerOf, logOfView, logTold, questionOf, requestOf, voteOf } from './told.ts';

type Prepare = Sent & { readonly type: 'PREPARE' };
type NewStateMessage = Sent & { readonly type: 'NEWSTATE' };
type CheckpointMessage = Sent & { readonly type: 'CHECKPOINT' };

/** The next step of the protocol that explains how the replica came from one state to another, or undefined if there is none. */
export function explain(step: ReplicaStep, state: State, target: Replica): Step | undefined {
  const present = state.replicas[step.number];
  if (present === undefined) return undefined;
  if (target.status === 'down' || present.status === 'down') return undefined;
  if (present.status !== target.status) return recovery(step, present, target);
  if (!isSameKnowledge(present.generations, target.generations)) return loss(step, present);
  if (present.status === 'recovering') return undefined;
  if (target.lastNormalView > present.lastNormalView) return newView(step, state, present, target);
  if (target.viewNumber > present.viewNumber)
    return { action: 'enter-view', replica: step.number, viewNumber: target.viewNumber };
  if (target.log !== present.log) return newEntries(step, present, target);
  if (target.commitNumber > present.commitNumber) return execution(step, present);
  return undefined;
}

function messageIn({ after }: ReplicaStep): Sent | undefined {
  const { event } = after.last ?? {};
  if (event?.type !== 'deliver') return undefined;
  const { message } = event.packet;
  return message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED'
    ? undefined
    : message;
}

/** The replica is normal in a later view: it has started it, or has taken its log from another. */
function newView(step: ReplicaStep, { group }: State, present: Replica, target: Replica): Step | undefined {
  const { number, ghostState, old } = step;
  const viewNumber = target.lastNormalView;
  if (primaryOf(group, viewNumber) !== number) {
    const message = logMessage(step, target);
    return message && { action: 'adopt', replica: number, message };
  }
  if (present.viewNumber < viewNumber) return { action: 'enter-view', replica: number, viewNumber };
  const message = messageIn(step);
  const received = [
    ...(old.replica?.doViewChanges ?? []),
    ...(message?.type === 'DOVIEWCHANGE' ? [message] : []),
  ].map((vote) => voteOf(vote, ghostState));
  const { lastNormalView, log, commitNumber } = present;
  const own = {
    type: 'DOVIEWCHANGE',
    viewNumber,
    lastNormalView,
    log,
    commitNumber,
    replica: number,
    generations: present.generations,
  } as const;
  const cast = [...received.filter((vote) => vote.replica !== number && vote.viewNumber === viewNumber), own];
  const all = cast.filter((vote) => !cast.some((other) => isForgotten(vote, other)));
  // The votes of any quorum will do: one that the replica has set aside, because it could not fetch that log, is left out.
  const chosen = all.filter(({ log: voted }) => voted === target.log);
  const votes = all.filter((vote) => chosen.length === 0 || chosen.some((best) => !isBetter(vote, best)));
  return { action: 'start-view', replica: number, votes };
}

/** The message from which the replica has the log of its new view, if it is one that carries such a log. */
function logMessage(step: ReplicaStep, { log }: Replica): NewState | undefined {
  const message = messageIn(step);
  if (message?.type !== 'STARTVIEW' && message?.type !== 'NEWSTATE') return undefined;
  const { viewNumber, opNumber, commitNumber } = message;
  const { ghostState } = step;
  const told =
    logTold(message.suffix, ghostState) ?? logOfView(ghostState.identities, viewNumber, opNumber) ?? log;
  return { type: 'NEWSTATE', viewNumber, log: told, commitNumber };
}

/** A replica that recovers learns which loss of its storage it was, or one that is up notes the loss of another. */
function loss(step: ReplicaStep, { status, generations }: Replica): Step | undefined {
  const { number } = step;
  const message = messageIn(step);
  if (status === 'recovering') {
    const own = generationOf(generations, number);
    const answers = answersIn(step, own);
    const isLearned = answers.every((answer) => generationOf(answer.generations, number) < own);
    return isLearned ? undefined : { action: 'learn-loss', replica: number, answers };
  }
  if (message?.type !== 'RECOVERY') return undefined;
  const question = questionOf(message);
  const isNew = question.generation > generationOf(generations, question.replica);
  return isNew ? { action: 'note-loss', replica: number, message: question } : undefined;
}

function recovery(step: ReplicaStep, present: Replica, target: Replica): Step | undefined {
  const { number } = step;
  const message = messageIn(step);
  const answers = answersIn(step, generationOf(present.generations, number));
  const told = answers.find(({ viewNumber, log }) => viewNumber === target.viewNumber && log !== undefined);
  const from = message?.type === 'RECOVERYRESPONSE' ? told : logMessage(step, target);
  return from && { action: 'recover', replica: number, answers, message: from };
}

/** The latest answer of each replica to the recovering one, which has told this loss with its present nonce, and none before. */
function answersIn(step: ReplicaStep, told: number): readonly RecoveryResponse[] {
  const { number, old, ghostState } = step;
  const { responses = [], incarnation, attempt } = old.replica?.recovery ?? {};
  const message = messageIn(step);
  const received = [...responses, ...(message?.type === 'RECOVERYRESPONSE' ? [message] : [])];
  const latest = new Map(received.map((answer) => [answer.replicaNumber, answer]));
  const answers = [...latest.values()].map((answer) =>
    answerOf(answer, number, answer.nonce === `${incarnation}.${attempt}` ? told : 0, ghostState),
  );
  return answers.filter((answer) => !answers.some((other) => isForgotten(answer, other)));
}

/** The log of the replica has grown in its view. */
function newEntries(step: ReplicaStep, present: Replica, target: Replica): Step | undefined {
  const { number } = step;
  const message = messageIn(step);
  const { log } = target;
  if (message?.type === 'REQUEST' && log.last !== undefined && log.length === present.log.length + 1)
    return { action: 'order', replica: number, request: requestOf(message), predicted: log.last.predicted };
  if (message?.type !== 'PREPARE' && message?.type !== 'NEWSTATE' && message?.type !== 'CHECKPOINT')
    return undefined;
  const told = toldBy(step, message) ?? log;
  return {
    action: 'accept',
    replica: number,
    message: { type: 'NEWSTATE', viewNumber: message.viewNumber, log: told, commitNumber: 0 },
    opNumber: log.length,
  };
}

function toldBy(
  { ghostState }: ReplicaStep,
  message: Prepare | NewStateMessage | CheckpointMessage,
): Content | undefined {
  const { identities, history } = ghostState;
  // A checkpoint stands for entries that were executed.
  if (message.type === 'CHECKPOINT') return identities.contentOf(history).first(message.opNumber);
  const { suffix, viewNumber } = message;
  return logTold(suffix, ghostState) ?? logOfView(identities, viewNumber, suffix.opNumber);
}

/** The replica has executed its next entry: a message, or its disk, has told that it is committed, or it has counted a quorum. */
function execution(step: ReplicaStep, { commitNumber, lastNormalView }: Replica): Step {
  const { number, now } = step;
  const opNumber = commitNumber + 1;
  const told = viewOfCommit(step, opNumber, lastNormalView);
  if (told !== undefined) {
    const commit = { type: 'COMMIT', viewNumber: told, commitNumber: opNumber } as const;
    return { action: 'execute', replica: number, evidence: [commit] };
  }
  const evidence = (now.replica?.acknowledged ?? []).flatMap((held, replica): readonly SpecMessage[] =>
    held >= opNumber ? [{ type: 'PREPAREOK', viewNumber: lastNormalView, opNumber: held, replica }] : [],
  );
  return { action: 'execute', replica: number, evidence };
}

/** A view, at most this one, in which a replica knew before this step that the entry is committed, and may have told it. */
function viewOfCommit(step: ReplicaStep, opNumber: number, viewNumber: number): number | undefined {
  const { ghostState, old, after } = step;
  const first = ghostState.executedIn[opNumber - 1];
  if (first === undefined || first <= viewNumber) return first;
  // The same entry was executed in a later view first.
  const message = messageIn(step);
  if (message !== undefined && 'commitNumber' in message && message.commitNumber >= opNumber)
    return message.viewNumber <= viewNumber ? message.viewNumber : undefined;
  return after.last?.event.type === 'restart' && old.disk.image.commitNumber >= opNumber
    ? viewNumber
    : undefined;
}
