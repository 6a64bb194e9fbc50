import {
  beginning,
  broken,
  type Group,
  Log,
  type Protocol,
  protocol,
  type Step,
} from '../../../spec/protocol/index.ts';
import type { Left } from '../choices.ts';
import { type AtOnce, everythingAtOnce, settling, taken } from './settling.ts';
import { statements } from './statements.ts';
import { type PricedStep, stepsWithin } from './steps.ts';
import { AllSent, type RunState, runStateText } from './texts.ts';

/**
 * Every state that one client and the bounds let the group come to, by the rules of `spec/protocol/` read as they stand: in
 * breadth, each compared with all others by its whole text. It shares nothing with the fast exploration, which it is there to
 * check, and is slow.
 */
export function exploreNaively(
  group: Group,
  bounds: Left,
  atOnce: AtOnce = everythingAtOnce,
  rules: Protocol = protocol,
): readonly RunState[] {
  const found = [settled(rules, initialRunState(group, bounds, Log.empty()), atOnce, undefined)];
  const texts = new Set(found.map(runStateText));
  // The list grows while it is read.
  for (const runState of found)
    for (const after of successors(rules, runState, atOnce)) {
      const text = runStateText(after);
      if (!texts.has(text)) found.push(after);
      texts.add(text);
    }
  return found;
}

/** The group before anything has happened, with one client. All logs of the run grow from the empty one. */
export function initialRunState(group: Group, bounds: Left, empty: Log): RunState {
  const clients = [{ clientId: 'c0', requestNumber: 0, answered: 0, readNumber: 0, readAnswered: 0 }];
  return {
    state: beginning(group, new AllSent(), clients, empty),
    executed: Array.from({ length: group.size }, () => 0),
    history: empty,
    answered: [],
    asked: [],
    left: bounds,
  };
}

function successors(rules: Protocol, runState: RunState, atOnce: AtOnce): readonly RunState[] {
  const { state, left } = runState;
  const late = statements(state).filter(({ message }) => !atOnce.sends(message.type));
  const sends = late.map((step): PricedStep => ({ step }));
  return [...stepsWithin(runState), ...sends].flatMap(({ step, cost }) => {
    if (broken(rules, state, step) !== undefined) return [];
    const paid = cost === undefined ? left : { ...left, [cost]: (left[cost] ?? 0) - 1 };
    return [settled(rules, { ...taken(rules, runState, step), left: paid }, atOnce, step)];
  });
}

function settled(rules: Protocol, runState: RunState, atOnce: AtOnce, last: Step | undefined): RunState {
  let at = runState;
  for (const { after } of settling(rules, runState, atOnce, last)) at = after;
  return at;
}
