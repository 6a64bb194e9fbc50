import {
  broken,
  isPrimary,
  type Message,
  next,
  type Protocol,
  type Step,
} from '../../../spec/protocol/index.ts';
import { statements } from './statements.ts';
import { executionsOf } from './steps.ts';
import { allIn, messageText, type RunState } from './texts.ts';

/** Which steps are taken as soon as the rules allow them, rather than at any time or never. */
export interface AtOnce {
  /** Whether messages of this type are sent whenever they are true. */
  sends(type: Message['type']): boolean;
  readonly executes: boolean;
  /** Whether a client takes the answer to its latest request. */
  readonly answers: boolean;
  /**
   * Whose writes become durable: those of every replica once none will crash any more (`crashless`), those of the replica that
   * has just taken a step other than `order` too (`own`), or none.
   */
  readonly persists: 'none' | 'crashless' | 'own';
}

/** Everything that an exploration takes at once. */
export const everythingAtOnce: AtOnce = {
  sends: () => true,
  executes: true,
  answers: true,
  persists: 'crashless',
};

/** A step, and the state after it. */
interface Taken {
  readonly step: Step;
  readonly after: RunState;
}

/** The steps that are taken at once after step `last`, one by one, until there is none. */
export function* settling(
  rules: Protocol,
  runState: RunState,
  atOnce: AtOnce,
  last: Step | undefined,
): Generator<Taken, void> {
  let at = runState;
  for (;;) {
    // All that is true is sent before anything else happens that may make it untrue.
    for (const one of saying(rules, at, atOnce)) {
      yield one;
      at = one.after;
    }
    const step = urgent(rules, at, atOnce, last);
    if (step === undefined) return;
    at = taken(rules, at, step);
    yield { step, after: at };
  }
}

function* saying(rules: Protocol, runState: RunState, atOnce: AtOnce): Generator<Taken, void> {
  let at = runState;
  for (const step of statements(runState.state)) {
    const { message } = step;
    if (!atOnce.sends(message.type) || broken(rules, at.state, step) !== undefined) continue;
    if (at.state.sent.has(message)) continue;
    at = taken(rules, at, step);
    yield { step, after: at };
  }
  // What was sent may be asked for an answer.
  if (at !== runState) yield* saying(rules, at, atOnce);
}

/** A step other than sending that happens at once, if there is one. A write becomes durable before what it lets happen. */
function urgent(
  rules: Protocol,
  { state, left }: RunState,
  atOnce: AtOnce,
  last: Step | undefined,
): Step | undefined {
  const { messages } = allIn(state.sent);
  const steps: Step[] = [];
  for (const replica of state.replicas.keys()) {
    const isOwn = last !== undefined && 'replica' in last && last.replica === replica;
    const isSure =
      (atOnce.persists !== 'none' && left.crashes === 0 && !left.losses) ||
      (atOnce.persists === 'own' && isOwn && last.action !== 'order');
    if (isSure && state.replicas[replica]?.writes.length) steps.push({ action: 'persist', replica });
  }
  if (atOnce.executes)
    for (const replica of state.replicas.keys())
      if (!isPrimary(state, replica) || !awaitsRead({ state, left }, replica))
        steps.push(...executionsOf(replica, messages));
  if (atOnce.answers)
    for (const reply of messages)
      for (const { clientId, requestNumber, answered } of state.clients)
        if (reply.type === 'REPLY' && reply.clientId === clientId)
          if (reply.requestNumber === requestNumber && answered < requestNumber)
            steps.push({ action: 'take-answer', reply });
  // What a primary does for a read, it can do no better later.
  for (const [replica, { reads, rounds }] of state.replicas.entries()) {
    for (const read of messages)
      if (read.type === 'READ' && !reads.some((noted) => messageText(noted.read) === messageText(read)))
        steps.push({ action: 'note-read', replica, read });
    if (reads.some((noted) => noted.rounds === rounds)) steps.push({ action: 'begin-round', replica });
  }
  if (atOnce.answers) {
    const replies = messages.filter((message) => message.type === 'READREPLY');
    const byAge = replies.toSorted((one, other) => one.log.length - other.log.length);
    for (const reply of byAge) steps.push({ action: 'take-answer', reply });
  }
  return steps.find((step) => broken(rules, state, step) === undefined);
}

/** Whether the replica may still note a read. What it has executed by then, the answer must tell. */
function awaitsRead({ state, left }: Pick<RunState, 'state' | 'left'>, replica: number): boolean {
  const noted = state.replicas[replica]?.reads ?? [];
  const isWaiting = state.clients.some(
    ({ clientId, readNumber, readAnswered }) =>
      readAnswered < readNumber && !noted.some(({ read }) => read.clientId === clientId),
  );
  return isWaiting || (left.reads ?? 0) > 0;
}

/** The state after a step that the rules allow. */
export function taken(rules: Protocol, runState: RunState, step: Step): RunState {
  const state = next(rules, runState.state, step);
  const { executed, history, answered, asked } = runState;
  if (step.action === 'take-answer') {
    const all = new Set([...answered, messageText(step.reply)]);
    return { ...runState, state, answered: [...all].sort() };
  }
  if (step.action === 'submit' || step.action === 'ask-read')
    return { ...runState, state, asked: [...asked, `${step.action}, after ${answered.join()}`] };
  if (step.action === 'restart') return { ...runState, state, executed: executed.with(step.replica, 0) };
  if (step.action !== 'execute') return { ...runState, state };
  const count = (executed[step.replica] ?? 0) + 1;
  const log = state.replicas[step.replica]?.log.first(count);
  return {
    ...runState,
    state,
    executed: executed.with(step.replica, count),
    history: log !== undefined && log.length > history.length ? log : history,
  };
}
