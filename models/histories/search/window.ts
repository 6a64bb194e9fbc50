import type { HistoryOperation } from '../events/operations.ts';
import type { Effort } from './bounds.ts';
import type { SequentialMachine } from './machine.ts';
import { reachableSince } from './reachableStates.ts';
import { orderOf } from './search.ts';
import type { Call } from './timeline.ts';

/** A part of a key's history that cannot be ordered, whatever the key held when it began: see `smallestWindow`. */
export interface Window {
  /** The indices of its first and last events. */
  readonly first: number;
  readonly last: number;
  /** The operations that were under way at some time in it, in the order of invocation. */
  readonly operations: readonly HistoryOperation[];
  /** The names of the states that the key may have had when it began. */
  readonly starts: readonly string[];
  /** Whether no smaller window exists. False if a bound ended the search for it. */
  readonly isSmallest: boolean;
}

/**
 * The smallest window of a key's history that cannot be ordered. `last`: the first event up to which the history cannot be
 * ordered.
 *
 * A window is the part of a key's history from one event to another, both included. Its operations are those that were invoked
 * by its end and had not returned before its beginning. It can be ordered if, from some initial state, an order of the operations
 * that returned within it explains their results and respects which returned before which was invoked. Operations under way
 * when it begins may have taken effect before; those under way when it ends may take effect later or never.
 *
 * Its initial states are all that the operations invoked before it can reach, in any order and any number of times. These are
 * more than were really possible, so that a reader can verify the window without the history before it.
 *
 * Every window of a history that can be ordered can be ordered. Of the windows that cannot be, the smallest is the one that ends
 * first, and of those the one that begins last. Every smaller window within it can be ordered.
 */
export function smallestWindow<State>(
  operations: readonly HistoryOperation[],
  last: number,
  machine: SequentialMachine<State>,
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
  const since = reachableSince(calls, machine, effort);
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

/** The calls of a search from the beginning of the history. */
export function callsOf<State>(
  operations: readonly HistoryOperation[],
  machine: SequentialMachine<State>,
): readonly Call[] {
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
 * The events at which the window may begin, in order of time. It begins no later than the invocation of the operation with whose
 * return it ends: otherwise that operation could have taken effect before the window.
 */
function beginnings(seen: readonly HistoryOperation[], last: number): readonly number[] {
  const latest = seen.find(({ returned }) => returned === last)?.invoked ?? last;
  const events = seen.flatMap(({ invoked, returned }) => [invoked, returned]);
  return events.filter((event) => event <= latest).sort((one, other) => one - other);
}
