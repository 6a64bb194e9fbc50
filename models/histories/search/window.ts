import type { HistoryOperation } from '../events/operations.ts';
import type { Effort } from './bounds.ts';
import type { SequentialMachine } from './machine.ts';
import { reachableSince } from './reachableStates.ts';
import { orderOf, type SearchResult } from './search.ts';
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
 * The smallest window of a key's history that cannot be ordered, or a larger one if the effort is spent before, or if the
 * states that the key may have had cannot be listed. The history cannot be ordered; its part before the event `ordered` can.
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
 * first, and of those the one that begins last. Every smaller window within it can be ordered. So both ends are found by bisection:
 * a window that contains one that cannot be ordered cannot be ordered either.
 */
export function smallestWindow<State>(
  operations: readonly HistoryOperation[],
  ordered: number,
  machine: SequentialMachine<State>,
  effort: Effort,
): Window {
  const all = callsOf(operations, machine);
  const returns = operations.flatMap(({ returned }) => (returned === Infinity ? [] : [returned]));
  const ends = returns.filter((event) => event >= ordered).sort((one, other) => one - other);
  const end = firstBad(ends, (last) =>
    orderOf(callsBetween(all, machine, 0, last), [machine.initial], machine, effort),
  );
  const last = ends[end.at] ?? 0;

  const seen = operations.filter(({ invoked }) => invoked < last);
  const calls = callsOf(seen, machine);
  const begins = beginnings(seen, last).toReversed();
  const since = machine.isBounded ? reachableSince(calls, machine, effort) : new Map<number, number>();
  const isComplete = machine.isBounded && effort.spent === undefined;
  const startsAt = (first: number): readonly number[] => {
    const earlier = [...since].flatMap(([state, event]) => (event < first ? [state] : []));
    return first === begins.at(-1) ? [machine.initial] : earlier;
  };
  const begin = firstBad(begins, (first) =>
    isComplete ? orderOf(callsBetween(calls, machine, first, last), startsAt(first), machine, effort) : spent,
  );
  const first = begins[begin.at] ?? 0;
  return {
    first,
    last,
    operations: seen.filter(({ returned }) => returned >= first),
    starts: startsAt(first).map((state) => machine.nameOf(state)),
    isSmallest: end.isFirst && begin.isFirst,
  };
}

const spent = { kind: 'unknown' } as const;

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

/**
 * The position of the first of these events whose window cannot be ordered, where all after it cannot be either, as the last
 * cannot. If windows are undecided, of those that are known to be bad the first.
 */
function firstBad(
  events: readonly number[],
  search: (event: number) => Pick<SearchResult, 'kind'>,
): { readonly at: number; readonly isFirst: boolean } {
  let good = -1;
  let bad = events.length - 1;
  // Windows near the beginning of the list are small and quick to search, so steps grow from there.
  for (let stride = 1; bad - good > 1; stride *= 2) {
    const at = Math.min(good + stride, good + Math.floor((bad - good) / 2));
    const { kind } = search(events[at] ?? 0);
    if (kind === 'unknown') return { at: bad, isFirst: false };
    if (kind === 'order') good = at;
    else bad = at;
  }
  return { at: bad, isFirst: true };
}

/** The calls of this window, without the reads that may have preceded it: no window is bad because of those. */
function callsBetween<State>(
  calls: readonly Call[],
  machine: SequentialMachine<State>,
  first: number,
  last: number,
): readonly Call[] {
  return calls.flatMap((call) => {
    if (call.returned < first || call.invoked > last) return [];
    if (call.invoked < first && machine.nature(call.operation).kind === 'read') return [];
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
