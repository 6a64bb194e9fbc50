import {
  type DoViewChange,
  isBetter,
  type NewState,
  noLosses,
  type Prepare,
  type PrepareOk,
  primaryOf,
  type RecoveryResponse,
  type Replica,
  type State,
  type Step,
} from '../../spec/protocol/index.ts';
import type { Heard } from './heard.ts';

/** What a replica had to go by. */
export interface Grounds {
  readonly number: number;
  readonly state: State;
  readonly heard: Heard;
  /** By view: the message with the longest log of it that was sent to any replica. */
  readonly longest: ReadonlyMap<number, Prepare | NewState>;
}

/**
 * The next step of the protocol from what a replica was to what its trace says it is now, as far as it is up in both. Undefined if
 * no step leads there.
 */
export function explain(grounds: Grounds, present: Replica, target: Replica): Step | undefined {
  const { number } = grounds;
  if (target.status !== 'up') return undefined;
  if (present.status === 'recovering') return recovery(grounds, target);
  if (target.lastNormalView > present.lastNormalView) return newView(grounds, present, target);
  if (target.viewNumber > present.viewNumber)
    return { action: 'enter-view', replica: number, viewNumber: target.viewNumber };
  if (target.log !== present.log) return newEntries(grounds, present, target);
  return target.commitNumber > present.commitNumber ? execution(grounds, present) : undefined;
}

/** The vote that a replica may send to itself. */
function ownVote(number: number, viewNumber: number, replica: Replica): DoViewChange {
  const { lastNormalView, log, commitNumber } = replica;
  const numbers = { viewNumber, lastNormalView, commitNumber };
  return { type: 'DOVIEWCHANGE', ...numbers, log, replica: number, generations: noLosses };
}

function newView(
  { number, state, heard }: Grounds,
  present: Replica,
  { lastNormalView: viewNumber, log }: Replica,
): Step | undefined {
  if (primaryOf(state.group, viewNumber) !== number) {
    const message = heard.startOf(viewNumber, log);
    return message && { action: 'adopt', replica: number, message };
  }
  if (present.viewNumber < viewNumber) return { action: 'enter-view', replica: number, viewNumber };
  const others = heard.votesFor(viewNumber).filter(({ replica }) => replica !== number);
  const all = [...others, ownVote(number, viewNumber, present)];
  // The votes of any quorum will do: one that the replica has set aside is left out.
  const chosen = all.filter((vote) => vote.log === log);
  const fitting = all.filter((vote) => chosen.some((best) => !isBetter(vote, best)));
  const votes = fitting.length >= state.group.quorum ? fitting : all;
  return { action: 'start-view', replica: number, votes };
}

function recovery(
  { number, state, heard }: Grounds,
  { lastNormalView: viewNumber, log }: Replica,
): Step | undefined {
  const answers = heard.recoveryAnswers(state.group.tolerated + 1);
  const isOfLog = (answer: RecoveryResponse): boolean =>
    answer.viewNumber === viewNumber && answer.log === log;
  const fetched = heard.startOf(viewNumber, log);
  const message =
    answers.find(isOfLog) ??
    (fetched?.type === 'NEWSTATE' && fetched.log === log ? fetched : undefined) ??
    answers.find((answer) => answer.viewNumber === viewNumber && answer.log !== undefined) ??
    answers.at(-1);
  return message && { action: 'recover', replica: number, answers, message };
}

function newEntries(
  { number, state, heard, longest }: Grounds,
  present: Replica,
  { log }: Replica,
): Step | undefined {
  const { viewNumber } = present;
  if (primaryOf(state.group, viewNumber) === number) {
    const entry = log.first(present.log.length + 1)?.last;
    if (entry === undefined) return undefined;
    const { predicted, ...request } = entry;
    return { action: 'order', replica: number, request: { type: 'REQUEST', ...request }, predicted };
  }
  const told = heard.logOf(viewNumber);
  // A part of a log, or a checkpoint, counts as a message with the whole.
  const whole = heard.hasTold(log, viewNumber) ? longest.get(viewNumber) : undefined;
  const message = told !== undefined && log.begins(told.log) ? told : (whole ?? told);
  if (message === undefined) return undefined;
  return { action: 'accept', replica: number, message, opNumber: log.length };
}

/** A message has told that the next entry is committed, or the replica has counted a quorum. */
function execution({ number, state, heard }: Grounds, { commitNumber, lastNormalView }: Replica): Step {
  const opNumber = commitNumber + 1;
  const news = heard.commitOf(opNumber, lastNormalView);
  if (news !== undefined) return { action: 'execute', replica: number, evidence: [news] };
  const others = heard.acknowledged(lastNormalView, opNumber).filter(({ replica }) => replica !== number);
  const own: PrepareOk = { type: 'PREPAREOK', viewNumber: lastNormalView, opNumber, replica: number };
  // What it holds itself is not needed where enough others hold the entry.
  const evidence = others.length >= state.group.quorum ? others : [...others, own];
  return { action: 'execute', replica: number, evidence };
}
