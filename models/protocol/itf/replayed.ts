import {
  broken,
  type Group,
  Log,
  type Message,
  type Protocol,
  type Step,
} from '../../../spec/protocol/index.ts';
import type { Left } from '../choices.ts';
import { initialRunState } from '../naive/exploreNaively.ts';
import { everythingAtOnce, settling, taken } from '../naive/settling.ts';
import { messageText, type RunState } from '../naive/texts.ts';
import { stepText } from '../stepText.ts';

/** A run of the specification: each step, and the state after it. */
export interface ProtocolRun {
  readonly first: RunState;
  readonly steps: readonly { readonly step: Step; readonly after: RunState }[];
}

/**
 * The run of which an exploration has told the trace: with what the exploration takes at once in between, and of the messages
 * those that a later step needs. Those of the end are all there, because one of them may break a property. Throws an error
 * where the rules do not allow a step.
 */
export function replayed(rules: Protocol, group: Group, bounds: Left, trace: readonly Step[]): ProtocolRun {
  const first = initialRunState(group, bounds, emptyLogOf(trace));
  const { steps, end } = inFull(rules, first, trace);
  return takenInTurn(rules, first, [...needed(steps, end), ...steps.slice(end)]);
}

/** The run without the messages of its end, up to the first step that ends it. */
export function replayedUntil(
  rules: Protocol,
  group: Group,
  bounds: Left,
  trace: readonly Step[],
  isEnd: (step: Step) => boolean,
): ProtocolRun {
  const first = initialRunState(group, bounds, emptyLogOf(trace));
  const { steps } = inFull(rules, first, trace);
  const length = steps.findIndex(isEnd) + 1;
  return takenInTurn(rules, first, needed(steps, length));
}

/** The log without entries from which the logs of these steps have grown. */
function emptyLogOf(trace: readonly Step[]): Log {
  for (const message of trace.flatMap(messagesOf))
    if ('log' in message && message.log !== undefined) {
      let { log } = message;
      while (log.before !== undefined) log = log.before;
      return log;
    }
  return Log.empty();
}

/** The steps of the trace, between them those that are taken at once, and from `end` on those after the last of the trace. */
function inFull(
  rules: Protocol,
  first: RunState,
  trace: readonly Step[],
): { readonly steps: readonly Step[]; readonly end: number } {
  const steps: Step[] = [];
  let at = first;
  let last: Step | undefined;
  const settle = (isEnd: (step: Step) => boolean): boolean => {
    for (const { step, after } of settling(rules, at, { ...everythingAtOnce, persists: 'own' }, last)) {
      steps.push(lean(rules, at, step));
      at = after;
      if (isEnd(step)) return true;
    }
    return false;
  };
  for (const [index, sought] of trace.entries()) {
    // The last step may be one of those that are taken at once. After it nothing matters.
    const isLast = index === trace.length - 1;
    if (settle((step) => isLast && isLike(step, sought))) return { steps, end: steps.length };
    steps.push(sought);
    const { left } = at;
    const crashes = left.crashes - (sought.action === 'crash' ? 1 : 0);
    const losses = (left.losses ?? 0) - (sought.action === 'lose-storage' ? 1 : 0);
    at = { ...taken(rules, at, sought), left: { ...left, crashes, losses } };
    last = sought;
  }
  const end = steps.length;
  settle(() => false);
  return { steps, end };
}

/** Whether both are the same step, whatever shows that it is allowed. */
function isLike(one: Step, other: Step): boolean {
  if (one.action === 'execute') return other.action === 'execute' && one.replica === other.replica;
  return stepText(one) === stepText(other);
}

/** The step with no more evidence than it needs. */
function lean(rules: Protocol, { state }: RunState, step: Step): Step {
  if (step.action !== 'execute') return step;
  let leanest = step;
  for (const message of step.evidence) {
    const less = { ...leanest, evidence: leanest.evidence.filter((one) => one !== message) };
    if (broken(rules, state, less) === undefined) leanest = less;
  }
  return leanest;
}

/** The first `length` steps, without the sending of messages that no later step needs. */
function needed(steps: readonly Step[], length: number): readonly Step[] {
  const used = new Set<string>();
  const kept: Step[] = [];
  for (const [index, step] of [...steps.entries()].reverse()) {
    const isIn = index < length;
    if (isIn && step.action === 'send' && !used.has(messageText(step.message))) continue;
    for (const message of messagesOf(step)) used.add(messageText(message));
    if (isIn) kept.push(step);
  }
  return kept.reverse();
}

/** The messages on which it depends whether the step is allowed. */
function messagesOf(step: Step): readonly Message[] {
  switch (step.action) {
    case 'take-answer':
      return [step.reply];
    case 'order':
      return [step.request];
    case 'accept':
    case 'adopt':
      return [step.message];
    case 'execute':
      return step.evidence;
    case 'start-view':
      return step.votes;
    case 'recover':
      return [...step.answers, step.message];
    case 'learn-loss':
      return step.answers;
    case 'note-loss':
      return [step.message];
    case 'note-read':
      return [step.read];
    case 'send':
      return askedBy(step.message);
    case 'ask-read':
    case 'begin-round':
    case 'submit':
    case 'enter-view':
    case 'persist':
    case 'crash':
    case 'restart':
    case 'lose-storage':
      return [];
  }
}

function askedBy(message: Message): readonly Message[] {
  switch (message.type) {
    case 'RECOVERYRESPONSE':
      return [message.asked];
    case 'COMMITOK':
      return [{ type: 'CONFIRM', viewNumber: message.viewNumber, round: message.round }];
    default:
      return [];
  }
}

function takenInTurn(rules: Protocol, first: RunState, steps: readonly Step[]): ProtocolRun {
  let at = first;
  return {
    first,
    steps: steps.map((step) => {
      const reason = broken(rules, at.state, step);
      if (reason !== undefined) throw new Error(`${stepText(step)} is not allowed. ${reason.sentence}`);
      at = taken(rules, at, step);
      return { step, after: at };
    }),
  };
}
