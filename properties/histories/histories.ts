import fc from 'fast-check';
import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../../models/histories/events/event.ts';

/** One action of a client: it invokes if it has no operation under way, and otherwise completes it. */
interface Action {
  readonly client: number;
  readonly key: number;
  readonly f: 'read' | 'write' | 'cas' | 'delete';
  readonly values: readonly [number, number];
  readonly found: Json;
  readonly type: 'ok' | 'fail' | 'info';
}

/** Histories of this many clients and keys. What reads find is random, so that many histories are not linearizable. */
export function historiesOf(
  clients: number,
  keys: number,
  most: number,
  functions: readonly Action['f'][] = ['read', 'write', 'write', 'cas'],
  values = 3,
): fc.Arbitrary<readonly HistoryEvent[]> {
  const value = fc.nat({ max: values - 1 });
  const action: fc.Arbitrary<Action> = fc.record({
    client: fc.nat({ max: clients - 1 }),
    key: fc.nat({ max: keys - 1 }),
    f: fc.constantFrom(...functions),
    values: fc.tuple(value, value),
    found: fc.constantFrom(null, ...Array.from({ length: values }, (_, found) => found)),
    type: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'),
  });
  return fc.array(action, { maxLength: most, size: 'max' }).map(historyOf);
}

function historyOf(actions: readonly Action[]): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const underWay = new Map<number, Action>();
  const processes = new Map<number, number>();
  let next = 100;
  for (const now of actions) {
    const process = processes.get(now.client) ?? now.client;
    const invoked = underWay.get(now.client);
    const { f, key, values } = invoked ?? now;
    const type = invoked === undefined ? 'invoke' : now.type;
    const value = [key, type === 'ok' ? returnedBy(now.found, f, values) : argumentOf(f, values)];
    events.push({ index: events.length, time: 10 * events.length, process, type, f, value });
    if (invoked === undefined) underWay.set(now.client, now);
    else underWay.delete(now.client);
    if (type === 'info') processes.set(now.client, next++);
  }
  return events;
}

function argumentOf(f: Action['f'], values: Action['values']): Json {
  if (f === 'read' || f === 'delete') return null;
  return f === 'cas' ? values : values[0];
}

function returnedBy(found: Json, f: Action['f'], values: Action['values']): Json {
  if (f === 'read') return found;
  return f === 'delete' ? found !== null : argumentOf(f, values);
}

/** A history from text: `'0 invoke write 1'` and `'0 ok cas 1 2'` are events of process 0 on the key x. */
export function written(...lines: readonly string[]): readonly HistoryEvent[] {
  return lines.map((line, index): HistoryEvent => {
    const [process = '', type = '', f = '', ...rest] = line.split(' ');
    const values: readonly Json[] = rest.map((text): Json => JSON.parse(text));
    const value = ['x', f === 'cas' ? values : (values[0] ?? null)];
    return { index, time: 10 * index, process: Number(process), type: typeNamed(type), f, value };
  });
}

function typeNamed(name: string): HistoryEvent['type'] {
  if (name === 'invoke' || name === 'ok' || name === 'fail') return name;
  return 'info';
}
