import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from './events/event.ts';
import { textOf } from './events/json.ts';
import { type HistoryError, type HistoryOperation, operationsOf } from './events/operations.ts';
import { type CheckBounds, Effort, type MetBound } from './search/bounds.ts';
import { SequentialMachine } from './search/machine.ts';
import { orderOf, type SearchResult } from './search/search.ts';
import { callsOf, smallestWindow, type Window } from './search/window.ts';
import type { SequentialModel } from './sequential/model.ts';

/** The verdict on one key. */
export type KeyVerdict = { readonly key: Json; readonly operations: number } & (
  | {
      readonly verdict: 'yes';
      /** An order that explains every result. It leaves out operations of unknown outcome that it does not need. */
      readonly order: readonly HistoryOperation[];
    }
  | { readonly verdict: 'no'; readonly window: Window }
  | {
      readonly verdict: 'unknown';
      readonly bound: MetBound;
      /** The number of operations that returned before the event that the search did not get past. Those can be ordered. */
      readonly ordered: number;
    }
);

/** The result of checking a history. */
export interface CheckResult {
  /** `no` if some key cannot be ordered, otherwise `unknown` if some key was not decided. */
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** In the order of their first appearance in the history. */
  readonly keys: readonly KeyVerdict[];
  /** The number of times that an operation was tried. */
  readonly steps: number;
}

/** Why the history is not well formed or not one of this model's, or undefined if it can be checked. */
export function historyErrorIn<State>(
  events: readonly HistoryEvent[],
  model: SequentialModel<State>,
): HistoryError | undefined {
  const operations = operationsFor(model, events);
  return 'message' in operations ? operations : undefined;
}

/**
 * Checks whether the history is linearizable: whether each operation can have taken effect at one instant between its invocation
 * and its return, so that the model explains every result (Herlihy and Wing 1990). Throws an Error if `historyErrorIn` finds one.
 */
export function check<State>(
  events: readonly HistoryEvent[],
  model: SequentialModel<State>,
  bounds: CheckBounds,
): CheckResult {
  const operations = operationsFor(model, events);
  if ('message' in operations) {
    const { event, field, message } = operations;
    throw new Error(`This history cannot be checked: event ${event}: ${field} ${message}.`);
  }
  const parts = byKey(operations).map((part) => ({ part, machine: new SequentialMachine(model) }));
  const effort = new Effort(bounds, parts.length);
  const found = parts.map(({ part, machine }) => {
    const order = orderOf(callsOf(part, machine), [machine.initial], machine, effort);
    effort.keys++;
    return { part, machine, order };
  });
  // Windows are searched last, so that their effort is not missing for the verdicts.
  const keys = found.map(({ part, machine, order }) => verdictOn(part, order, machine, effort));
  return { verdict: worst(keys), keys, steps: effort.steps };
}

function operationsFor<State>(
  model: SequentialModel<State>,
  events: readonly HistoryEvent[],
): readonly HistoryOperation[] | HistoryError {
  const operations = operationsOf(events);
  if ('message' in operations) return operations;
  for (const operation of operations) {
    const error = model.validate(operation);
    if (error !== undefined) return error;
  }
  return operations;
}

function verdictOn<State>(
  operations: readonly HistoryOperation[],
  found: SearchResult,
  machine: SequentialMachine<State>,
  effort: Effort,
): KeyVerdict {
  const common = { key: operations[0]?.key ?? null, operations: operations.length };
  switch (found.kind) {
    case 'order':
      return { ...common, verdict: 'yes', order: found.order.flatMap((call) => operations[call] ?? []) };
    case 'none':
      return { ...common, verdict: 'no', window: smallestWindow(operations, found.event, machine, effort) };
    case 'unknown': {
      const ordered = operations.filter(({ returned }) => returned < found.event).length;
      return { ...common, verdict: 'unknown', bound: found.bound, ordered };
    }
  }
}

function worst(keys: readonly KeyVerdict[]): CheckResult['verdict'] {
  const verdicts = new Set(keys.map(({ verdict }) => verdict));
  if (verdicts.has('no')) return 'no';
  return verdicts.has('unknown') ? 'unknown' : 'yes';
}

function byKey(operations: readonly HistoryOperation[]): readonly (readonly HistoryOperation[])[] {
  const parts = new Map<string, HistoryOperation[]>();
  for (const operation of operations) {
    const name = textOf(operation.key);
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [operation]);
    else part.push(operation);
  }
  return [...parts.values()];
}
