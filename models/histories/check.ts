import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from './events/event.ts';
import { textOf } from './events/json.ts';
import { type HistoryError, type HistoryOperation, operationsOf } from './events/operations.ts';
import { type CheckBounds, Effort, type MetBound } from './search/bounds.ts';
import { impossible, SequentialMachine } from './search/machine.ts';
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
      /** The bound that ended the search. `verdict`: it ended because another key cannot be ordered. */
      readonly bound: MetBound | 'verdict';
      /** The number of operations that returned before the event that the search did not get past. Those can be ordered. */
      readonly ordered: number;
    }
);

/** The result of checking a history. */
export interface CheckResult {
  /**
   * Whether the history can tell anything: whether an operation that may change a key returned, or a read found what a key does not
   * hold at first. Every history without that is linearizable.
   */
  readonly isTested: boolean;
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
  const parts = byKey(operations).map((part) => ({
    operations: part,
    machine: new SequentialMachine(model),
  }));
  const effort = new Effort(bounds, parts.length);
  const found = searchParts(parts, effort, bounds.configurations);
  // Windows are searched last, so that their effort is not missing for the verdicts.
  const isBad = found.some((one) => one?.kind === 'none');
  const keys = parts.map((part, at) => verdictOn(part, found[at], isBad, effort));
  const isTested = parts.some((part) => isTesting(part));
  return { verdict: worst(keys), isTested, keys, steps: effort.steps };
}

function isTesting<State>({ operations, machine }: Part<State>): boolean {
  return operations.some((operation) => {
    if (operation.result === undefined) return false;
    const number = machine.operation(operation);
    return machine.nature(number).kind !== 'read' || machine.next(machine.initial, number) === impossible;
  });
}

/** The operations on one key, in the order of invocation. */
interface Part<State> {
  readonly operations: readonly HistoryOperation[];
  readonly machine: SequentialMachine<State>;
}

/** A first slice is this many configurations, each later one eight times as many. */
const firstSlice = 1024;
const sliceGrowth = 8;
/** The steps of a slice, for each of its configurations. */
const stepsEach = 64;
/** The steps of the search for the window of one key: this many, or as many as were taken before if that is more. */
const windowSteps = 1_000_000;

/**
 * Searches an order for each part, short parts first, in rounds of growing slices of the effort, so that no part takes the effort
 * of another. The rounds end once some part cannot be ordered: that is the verdict, whatever the others are.
 */
function searchParts<State>(
  parts: readonly Part<State>[],
  effort: Effort,
  configurations: number,
): readonly (SearchResult | undefined)[] {
  const found: (SearchResult | undefined)[] = parts.map(() => undefined);
  const isUndecided = (at: number): boolean => found[at] === undefined || found[at]?.kind === 'unknown';
  const length = (at: number): number => parts[at]?.operations.length ?? 0;
  let undecided = parts.map((_, at) => at).sort((one, other) => length(one) - length(other));
  for (let slice = firstSlice; undecided.length > 0; slice *= sliceGrowth) {
    for (const [place, at] of undecided.entries()) {
      const part = parts[at];
      if (part === undefined || effort.left <= 0) continue;
      effort.slice(slice, Math.min(stepsEach * slice, Math.ceil(effort.left / (undecided.length - place))));
      const calls = callsOf(part.operations, part.machine);
      found[at] = orderOf(calls, [part.machine.initial], part.machine, effort);
      if (!isUndecided(at)) effort.keys++;
    }
    undecided = undecided.filter(isUndecided);
    const isFull = undecided.every((at) => isFor(found[at], 'configurations'));
    if ((slice >= configurations && isFull) || effort.left <= 0 || found.some((one) => one?.kind === 'none'))
      break;
  }
  return found;
}

function isFor(found: SearchResult | undefined, bound: MetBound): boolean {
  return found?.kind === 'unknown' && found.bound === bound;
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
  { operations, machine }: Part<State>,
  found: SearchResult | undefined,
  isBad: boolean,
  effort: Effort,
): KeyVerdict {
  const common = { key: operations[0]?.key ?? null, operations: operations.length };
  if (found === undefined)
    return { ...common, verdict: 'unknown', bound: effort.spent ?? 'steps', ordered: 0 };
  switch (found.kind) {
    case 'order':
      return { ...common, verdict: 'yes', order: found.order.flatMap((call) => operations[call] ?? []) };
    case 'none':
      effort.slice(Infinity, Math.max(windowSteps, effort.steps));
      return { ...common, verdict: 'no', window: smallestWindow(operations, found.event, machine, effort) };
    case 'unknown': {
      const ordered = operations.filter(({ returned }) => returned < found.event).length;
      return {
        ...common,
        verdict: 'unknown',
        bound: isBad && effort.left > 0 ? 'verdict' : found.bound,
        ordered,
      };
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
