import fc from 'fast-check';
import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../../models/histories/events/event.ts';

/** One thing that happens: a client that waits for nothing invokes, and one that waits is told something. */
interface Happening {
  readonly client: number;
  readonly key: number;
  readonly f: 'read' | 'write' | 'cas' | 'delete';
  readonly values: readonly [number, number];
  readonly found: Json;
  readonly type: 'ok' | 'fail' | 'info';
}

/** What can happen among so many clients with these values. What reads find is drawn, so that much of it cannot be. */
export function happenings(
  clients: number,
  keys: number,
  most: number,
  functions: readonly Happening['f'][] = ['read', 'write', 'write', 'cas'],
): fc.Arbitrary<readonly HistoryEvent[]> {
  const value = fc.nat({ max: 2 });
  const happening: fc.Arbitrary<Happening> = fc.record({
    client: fc.nat({ max: clients - 1 }),
    key: fc.nat({ max: keys - 1 }),
    f: fc.constantFrom(...functions),
    values: fc.tuple(value, value),
    found: fc.constantFrom(null, 0, 1, 2),
    type: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'),
  });
  return fc.array(happening, { maxLength: most, size: 'max' }).map(historyOf);
}

function historyOf(happened: readonly Happening[]): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const waiting = new Map<number, Happening>();
  const processes = new Map<number, number>();
  let next = 100;
  for (const now of happened) {
    const process = processes.get(now.client) ?? now.client;
    const invoked = waiting.get(now.client);
    const { f, key, values } = invoked ?? now;
    const type = invoked === undefined ? 'invoke' : now.type;
    const value = [key, type === 'ok' ? returnedBy(now.found, f, values) : argumentOf(f, values)];
    events.push({ index: events.length, time: 10 * events.length, process, type, f, value });
    if (invoked === undefined) waiting.set(now.client, now);
    else waiting.delete(now.client);
    if (type === 'info') processes.set(now.client, next++);
  }
  return events;
}

function argumentOf(f: Happening['f'], values: Happening['values']): Json {
  if (f === 'read' || f === 'delete') return null;
  return f === 'cas' ? values : values[0];
}

function returnedBy(found: Json, f: Happening['f'], values: Happening['values']): Json {
  if (f === 'read') return found;
  return f === 'delete' ? found !== null : argumentOf(f, values);
}

/** A history written by hand: `'0 invoke write 1'` and `'0 ok cas 1 2'` are of process 0, and of the key x. */
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
