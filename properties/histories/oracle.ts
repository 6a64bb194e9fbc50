import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../../models/histories/events/event.ts';

/** An operation as the oracle sees it. */
interface OracleOperation {
  readonly f: string;
  readonly argument: Json;
  readonly result: Json | undefined;
  readonly invoked: number;
  readonly returned: number;
}

/** The operations on one key. The oracle shares no code with the checker, so that they share no mistake. */
export function operationsOn(key: Json, events: readonly HistoryEvent[]): readonly OracleOperation[] {
  const own = events.filter(({ value }) => Array.isArray(value) && value[0] === key);
  return own.flatMap((event): readonly OracleOperation[] => {
    if (event.type !== 'invoke') return [];
    const { f, index: invoked } = event;
    const end = events.find(({ process, index }) => process === event.process && index > event.index);
    if (end?.type === 'fail') return [];
    if (end?.type !== 'ok') {
      return [{ f, argument: part(event), result: undefined, invoked, returned: Infinity }];
    }
    return [{ f, argument: part(event), result: part(end), invoked, returned: end.index }];
  });
}

function part({ value }: HistoryEvent): Json {
  return (Array.isArray(value) ? value[1] : null) ?? null;
}

/** The state of a key after the operation, null for an absent key, or undefined if it cannot have its result. */
export function afterwards(state: Json, { f, argument, result }: OracleOperation): Json | undefined {
  const equal = (one: Json | undefined, other: Json): boolean =>
    JSON.stringify(one) === JSON.stringify(other);
  if (f === 'read') return result === undefined || equal(result, state) ? state : undefined;
  if (f === 'write') return argument;
  if (f === 'delete') return result === undefined || result === (state !== null) ? null : undefined;
  const [from, to] = Array.isArray(argument) ? argument : [];
  return equal(from, state) ? to : undefined;
}

/**
 * Tries all orders: whether one of them explains the results of all operations that returned up to the event `last`. Operations
 * invoked before the event `first` may also have taken effect before all others.
 */
export function canBeOrdered(
  done: readonly OracleOperation[],
  state: Json,
  first = -1,
  last = Infinity,
): boolean {
  if (done.every(({ returned }) => returned > last || returned === Infinity)) return true;
  return done.some((one) => {
    if (done.some((other) => other.returned < one.invoked)) return false;
    const others = done.filter((other) => other !== one);
    if (one.invoked < first && canBeOrdered(others, state, first, last)) return true;
    const next = afterwards(state, one);
    return next !== undefined && canBeOrdered(others, next, first, last);
  });
}

/** The states of a register that these operations can reach, in any order and any number of times. */
export function reachable(done: readonly OracleOperation[]): readonly Json[] {
  let states: readonly Json[] = [null];
  for (;;) {
    const next = states.flatMap((state) => done.map((one) => afterwards(state, one) ?? null));
    const all = [...new Set([...states, ...next])];
    if (all.length === states.length) return states;
    states = all;
  }
}

/** All windows that cannot be ordered, by their first and last events. `smallestWindow` defines windows. */
export function badWindows(done: readonly OracleOperation[]): readonly (readonly [number, number])[] {
  const events = done
    .flatMap(({ invoked, returned }) => [invoked, returned])
    .filter((event) => event < Infinity);
  const isBad = (first: number, last: number): boolean => {
    const seen = done.filter(({ invoked, returned }) => invoked <= last && returned >= first);
    const starts = reachable(done.filter(({ invoked }) => invoked < first));
    return starts.every((start) => !canBeOrdered(seen, start, first, last));
  };
  return events.flatMap((first) =>
    events.filter((last) => last >= first && isBad(first, last)).map((last) => [first, last] as const),
  );
}
