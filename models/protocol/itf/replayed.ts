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
 * those that a later step needs. Throws an error where the rules do not allow a step.
 */
export function replayed(rules: Protocol, group: Group, bounds: Left, trace: readonly Step[]): ProtocolRun {
  const first = initialRunState(group, bounds, emptyLogOf(trace));
  return takenInTurn(rules, first, needed(inFull(rules, first, trace)));
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

/** The steps of the trace, and between them those that are taken at once. */
function inFull(rules: Protocol, first: RunState, trace: readonly Step[]): readonly Step[] {
  const all: Step[] = [];
  let at = first;
  let last: Step | undefined;
  for (const [index, sought] of [...trace, undefined].entries()) {
    // The last step may be one of those that are taken at once. After it nothing matters.
    const isLast = index >= trace.length - 1;
    for (const { step, after } of settling(rules, at, { ...everythingAtOnce, persists: 'own' }, last)) {
      all.push(lean(rules, at, step));
      at = after;
      if (isLast && (sought === undefined || isLike(step, sought))) return all;
    }
    if (sought === undefined) return all;
    all.push(sought);
    const { left } = at;
    const isCrash = sought.action === 'crash';
    at = { ...taken(rules, at, sought), left: { ...left, crashes: left.crashes - (isCrash ? 1 : 0) } };
    last = sought;
    if (isLast) return all;
  }
  return all;
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

/** The steps without the sending of messages that no later step needs. */
function needed(steps: readonly Step[]): readonly Step[] {
  const used = new Set<string>();
  const kept = steps.toReversed().filter((step) => {
    if (step.action === 'send' && !used.has(messageText(step.message))) return false;
    for (const message of messagesOf(step)) used.add(messageText(message));
    return true;
  });
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
    case 'send':
      return step.message.type === 'RECOVERYRESPONSE' ? [step.message.asked] : [];
    case 'submit':
    case 'enter-view':
    case 'persist':
    case 'crash':
    case 'restart':
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
