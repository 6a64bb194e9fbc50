import type { Json } from '../../impl/index.ts';
import { type Bound, type Bounds, Effort } from './bounds.ts';
import type { HistoryEvent } from './history.ts';
import { Machine } from './machine.ts';
import type { Model } from './model.ts';
import { type Complaint, type Operation, operationsOf } from './operations.ts';
import { type Found, orderOf } from './search.ts';
import { textOf } from './text.ts';
import { callsOf, smallestWindow, type Window } from './window.ts';

/** What was found out about one key. */
export type KeyVerdict = { readonly key: Json; readonly operations: number } & (
  | {
      readonly verdict: 'yes';
      /** An order that explains everything. Operations of unknown outcome that it does not need are not in it. */
      readonly order: readonly Operation[];
    }
  | { readonly verdict: 'no'; readonly window: Window }
  | {
      readonly verdict: 'unknown';
      readonly bound: Bound;
      /** How many of the operations had returned before what the search did not get past. Those can be put in order. */
      readonly ordered: number;
    }
);

/** What was found out about a history. */
export interface Checked {
  /** `no` if some key cannot be ordered, else `unknown` if that is not known of some key. */
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** In the order in which the history first speaks of them. */
  readonly keys: readonly KeyVerdict[];
  /** How often an operation was tried. */
  readonly steps: number;
}

/** Why this history cannot be checked with this model, or undefined if it can be. */
export function complaintAbout<State>(
  events: readonly HistoryEvent[],
  model: Model<State>,
): Complaint | undefined {
  const read = operationsFor(model, events);
  return 'message' in read ? read : undefined;
}

/**
 * Whether the history is linearizable: whether each operation can have taken effect at one instant between its invocation
 * and its return, so that the model explains all that was returned (Herlihy and Wing 1990). Throws an Error about a history
 * of which `complaintAbout` complains.
 */
export function check<State>(events: readonly HistoryEvent[], model: Model<State>, bounds: Bounds): Checked {
  const operations = operationsFor(model, events);
  if ('message' in operations) {
    const { event, field, message } = operations;
    throw new Error(
      `The checker was given a history that makes no sense: event ${event}: ${field} ${message}.`,
    );
  }
  const parts = byKey(operations).map((part) => ({ part, machine: new Machine(model) }));
  const effort = new Effort(bounds, parts.length);
  const found = parts.map(({ part, machine }) => {
    const order = orderOf(callsOf(part, machine), [machine.initial], machine, effort);
    effort.keys++;
    return { part, machine, order };
  });
  // Windows come last, so that what they cost is not missing where a verdict is still due.
  const keys = found.map(({ part, machine, order }) => verdictOn(part, order, machine, effort));
  return { verdict: worst(keys), keys, steps: effort.steps };
}

function operationsFor<State>(
  model: Model<State>,
  events: readonly HistoryEvent[],
): readonly Operation[] | Complaint {
  const operations = operationsOf(events);
  if ('message' in operations) return operations;
  for (const operation of operations) {
    const complaint = model.refusal(operation);
    if (complaint !== undefined) return complaint;
  }
  return operations;
}

function verdictOn<State>(
  operations: readonly Operation[],
  found: Found,
  machine: Machine<State>,
  effort: Effort,
): KeyVerdict {
  const about = { key: operations[0]?.key ?? null, operations: operations.length };
  switch (found.kind) {
    case 'order':
      return { ...about, verdict: 'yes', order: found.order.flatMap((call) => operations[call] ?? []) };
    case 'none':
      return { ...about, verdict: 'no', window: smallestWindow(operations, found.event, machine, effort) };
    case 'unknown': {
      const ordered = operations.filter(({ returned }) => returned < found.event).length;
      return { ...about, verdict: 'unknown', bound: found.bound, ordered };
    }
  }
}

function worst(keys: readonly KeyVerdict[]): Checked['verdict'] {
  const verdicts = new Set(keys.map(({ verdict }) => verdict));
  if (verdicts.has('no')) return 'no';
  return verdicts.has('unknown') ? 'unknown' : 'yes';
}

function byKey(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const parts = new Map<string, Operation[]>();
  for (const operation of operations) {
    const name = textOf(operation.key);
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [operation]);
    else part.push(operation);
  }
  return [...parts.values()];
}
