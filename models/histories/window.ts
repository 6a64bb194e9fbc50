import type { Effort } from './bounds.ts';
import type { Machine } from './machine.ts';
import type { Operation } from './operations.ts';
import { possibleSince } from './possible.ts';
import { orderOf } from './search.ts';
import type { Call } from './timeline.ts';

/**
 * A part of a key's history that cannot be put in order, whatever the key held when it began: see `smallestWindow`.
 */
export interface Window {
  /** The index of the event with which it begins, and of the one with which it ends. */
  readonly first: number;
  readonly last: number;
  /** All that were under way at some time in it, in the order of their invocation. */
  readonly operations: readonly Operation[];
  /** What the key may have held when it began, by the names of the states. */
  readonly starts: readonly string[];
  /** Whether it is known that there is no smaller one: a bound may have ended the search for that. */
  readonly isSmallest: boolean;
}

/**
 * The smallest window of a key's history that cannot be ordered, given the event at whose end it cannot be ordered any more.
 *
 * A window is all that a key sees from one of its events to another, both included. Its operations are those that were
 * invoked by its end and had not returned before its beginning. It can be ordered if, for some state in which it may begin,
 * all of them that returned within it can be, in an order that explains what they returned and respects which of them
 * returned before which was invoked; those that were under way when it began may have taken effect before, and those that
 * were under way when it ended may take effect later or not at all. The states in which it may begin are all that the
 * operations invoked before it can bring about together, in any order and any number of times: more than really were
 * possible, so that the window convinces by itself, without what was found out about the time before.
 *
 * A history that can be ordered has only windows that can be. Of those that cannot be, the smallest is the one that ends
 * first, and of those that end there the one that begins last. No window within it is without an order.
 */
export function smallestWindow<State>(
  operations: readonly Operation[],
  last: number,
  machine: Machine<State>,
  effort: Effort,
): Window {
  const seen = operations.filter(({ invoked }) => invoked < last);
  const calls = callsOf(seen, machine);
  const windowFrom = (first: number, starts: readonly number[], isSmallest: boolean): Window => ({
    first,
    last,
    operations: seen.filter(({ returned }) => returned >= first),
    starts: starts.map((state) => machine.nameOf(state)),
    isSmallest,
  });
  const [begin, ...later] = beginnings(seen, last);
  const since = possibleSince(calls, machine, effort);
  let isSmallest = true;
  for (const first of later.reverse()) {
    const starts = [...since].flatMap(([state, event]) => (event < first ? [state] : []));
    const found = orderOf(callsBetween(calls, first, last), starts, machine, effort);
    if (effort.spent !== undefined) return windowFrom(begin ?? last, [machine.initial], false);
    if (found.kind === 'none') return windowFrom(first, starts, isSmallest);
    if (found.kind === 'unknown') isSmallest = false;
  }
  return windowFrom(begin ?? last, [machine.initial], isSmallest);
}

/** The operations as a search from the very beginning sees them. */
export function callsOf<State>(operations: readonly Operation[], machine: Machine<State>): readonly Call[] {
  return operations.map((operation) => {
    const { invoked, returned } = operation;
    return { operation: machine.operation(operation), invoked, returned, mayPrecede: false };
  });
}

function callsBetween(calls: readonly Call[], first: number, last: number): readonly Call[] {
  return calls.flatMap((call) => {
    if (call.returned < first) return [];
    return [
      {
        ...call,
        returned: call.returned > last ? Infinity : call.returned,
        mayPrecede: call.invoked < first,
      },
    ];
  });
}

/**
 * Where the window may begin, in order of time. It begins before the operation was invoked with whose return it ends: if that
 * had been under way, it might have taken effect before, and the window could end sooner.
 */
function beginnings(seen: readonly Operation[], last: number): readonly number[] {
  const latest = seen.find(({ returned }) => returned === last)?.invoked ?? last;
  const events = seen.flatMap(({ invoked, returned }) => [invoked, returned]);
  return events.filter((event) => event <= latest).sort((one, other) => one - other);
}
