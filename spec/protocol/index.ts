/**
 * The protocol: every step that is legal, as actions with rules, and the messages that may be sent.
 *
 * @packageDocumentation
 */
import { type Action, type Broken, brokenRule } from './action.ts';
import { type Submit, submit, type TakeAnswer, takeAnswer } from './actions/clients.ts';
import {
  type Crash,
  crash,
  type Persist,
  persist,
  type Recover,
  type Restart,
  recover,
  restart,
} from './actions/crashes.ts';
import {
  type LearnLoss,
  type LoseStorage,
  learnLoss,
  loseStorage,
  type NoteLoss,
  noteLoss,
} from './actions/damage.ts';
import { type Accept, accept, type Execute, execute, type Order, order } from './actions/normal.ts';
import type { OfType, Permission, Send } from './actions/permission.ts';
import { permissions } from './actions/permissions.ts';
import {
  type AskRead,
  askRead,
  type BeginRound,
  beginRound,
  type NoteRead,
  noteRead,
} from './actions/reads.ts';
import {
  type Adopt,
  adopt,
  type EnterView,
  enterView,
  type StartTheView,
  startView,
} from './actions/viewChange.ts';
import type { Message } from './state/messages.ts';
import type { State } from './state/state.ts';

/** The steps of all actions, by the name of the action. Sending is governed by `permissions`. */
interface Steps {
  readonly submit: Submit;
  readonly 'take-answer': TakeAnswer;
  readonly order: Order;
  readonly accept: Accept;
  readonly execute: Execute;
  readonly 'enter-view': EnterView;
  readonly 'start-view': StartTheView;
  readonly adopt: Adopt;
  readonly persist: Persist;
  readonly crash: Crash;
  readonly restart: Restart;
  readonly recover: Recover;
  readonly 'lose-storage': LoseStorage;
  readonly 'learn-loss': LearnLoss;
  readonly 'note-loss': NoteLoss;
  readonly 'ask-read': AskRead;
  readonly 'note-read': NoteRead;
  readonly 'begin-round': BeginRound;
}

/** The name of an action. */
export type ActionName = keyof Steps;
/** The type of a message that replicas send. */
export type SentType = Exclude<Message['type'], 'REQUEST' | 'READ'>;

/** A step of an action, with its parameters. */
type StepOf<Name extends ActionName> = { [N in Name]: { readonly action: N } & Steps[N] }[Name];

/** Everything that can happen: a step of an action, or a message that is sent. */
export type Step = StepOf<ActionName> | Send<OfType<SentType>>;

/** The protocol: the rules of everything that can happen, and what comes of it. */
export interface Protocol {
  readonly actions: { readonly [Name in ActionName]: Action<StepOf<Name>> };
  readonly permissions: { readonly [Name in SentType]: Permission<Name> };
}

/** The protocol as this project means it. */
export const protocol: Protocol = {
  actions: {
    submit,
    'take-answer': takeAnswer,
    order,
    accept,
    execute,
    'enter-view': enterView,
    'start-view': startView,
    adopt,
    persist,
    crash,
    restart,
    recover,
    'lose-storage': loseStorage,
    'learn-loss': learnLoss,
    'note-loss': noteLoss,
    'ask-read': askRead,
    'note-read': noteRead,
    'begin-round': beginRound,
  },
  permissions,
};

/** The first rule that the step breaks, or undefined if the protocol allows it. */
export function broken(rules: Protocol, state: State, step: Step): Broken | undefined {
  return step.action === 'send'
    ? brokenPermission(rules, state, step.replica, step.message)
    : brokenAction(rules, state, step);
}

function brokenAction<Name extends ActionName>(
  { actions }: Protocol,
  state: State,
  step: StepOf<Name>,
): Broken | undefined {
  const action: Protocol['actions'][Name] = actions[step.action];
  return brokenRule(action, state, step);
}

function brokenPermission<Name extends SentType>(
  { permissions: all }: Protocol,
  state: State,
  replica: number,
  message: { [N in Name]: { readonly type: N } & OfType<N> }[Name],
): Broken | undefined {
  const permission: Protocol['permissions'][Name] = all[message.type];
  return brokenRule(permission, state, { action: 'send', replica, message });
}

/** The state after a step that the protocol allows. */
export function next(rules: Protocol, state: State, step: Step): State {
  return step.action === 'send'
    ? { ...state, sent: state.sent.with(step.message) }
    : afterAction(rules, state, step);
}

function afterAction<Name extends ActionName>(
  { actions }: Protocol,
  state: State,
  step: StepOf<Name>,
): State {
  const action: Protocol['actions'][Name] = actions[step.action];
  return action.next(state, step);
}

export type { Broken } from './action.ts';
export { isForgotten } from './actions/generations.ts';
export { isBetter } from './actions/viewChange.ts';
export {
  type Generations,
  generationOf,
  isSameKnowledge,
  noLosses,
  together,
  withGeneration,
} from './state/generations.ts';
export { type Group, groupOf, primaryOf } from './state/group.ts';
export { type Entry, endsSession, Log } from './state/log.ts';
export type * from './state/messages.ts';
export {
  beginning,
  type Client,
  held,
  isPrimary,
  isSame,
  type NotedRead,
  type Replica,
  replicaAt,
  type Sent,
  type State,
  type Stored,
} from './state/state.ts';
