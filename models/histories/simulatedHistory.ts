import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from './events/event.ts';
import { isList } from './events/json.ts';

/** The parameters of a simulated history. */
export interface HistoryShape {
  /** The number of operations. */
  readonly operations: number;
  readonly keys: number;
  /** The number of clients. Each has at most one operation under way. */
  readonly clients: number;
  /** The number of different values written, or Infinity for a new one each time. */
  readonly values: number;
  /** Of a thousand operations, how many end with unknown outcome. Half of those never take effect. */
  readonly infos: number;
}

/** An operation under way, and its result once it has taken effect. */
interface SimulatedOperation {
  readonly process: number;
  readonly key: number;
  readonly f: 'read' | 'write' | 'cas';
  readonly argument: Json;
  returns: { readonly type: 'ok' | 'fail'; readonly value: Json } | undefined;
}

/**
 * A history that is linearizable by construction: each operation takes effect on real registers at one moment while it is under
 * way. An operation of unknown outcome may also take effect later, or never. `draw` returns whole numbers from 0 up to, but
 * not including, its argument.
 */
export function simulatedHistory(
  shape: HistoryShape,
  draw: (below: number) => number,
): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const registers = new Map<number, Json>();
  const clients: (SimulatedOperation | undefined)[] = Array.from({ length: shape.clients }, () => undefined);
  const lost: SimulatedOperation[] = [];
  let processes = 0;
  const free = Array.from({ length: shape.clients }, () => processes++);
  const record = (type: HistoryEvent['type'], { process, key, f }: SimulatedOperation, value: Json): void => {
    events.push({ index: events.length, time: 1000 * events.length, process, type, f, value: [key, value] });
  };
  for (let invoked = 0; invoked < shape.operations; ) {
    const client = draw(shape.clients);
    const pending = clients[client];
    if (lost.length > 0 && draw(20) === 0) takeEffect(lost.splice(draw(lost.length), 1), registers);
    if (pending === undefined) {
      const begun = drawOperation(free[client] ?? 0, invoked++, shape, draw);
      clients[client] = begun;
      record('invoke', begun, begun.argument);
    } else if (draw(1000) < shape.infos) {
      record('info', pending, pending.argument);
      if (pending.returns === undefined && draw(2) === 0) lost.push(pending);
      clients[client] = undefined;
      free[client] = processes++;
    } else if (pending.returns === undefined) {
      takeEffect([pending], registers);
    } else {
      record(pending.returns.type, pending, pending.returns.value);
      clients[client] = undefined;
    }
  }
  return events;
}

function drawOperation(
  process: number,
  number: number,
  { keys, values }: HistoryShape,
  draw: (below: number) => number,
): SimulatedOperation {
  const value = (): number => (values === Infinity ? number : draw(values));
  const key = draw(keys);
  const kind = draw(4);
  if (kind < 2) return { process, key, f: 'read', argument: null, returns: undefined };
  if (kind === 2) return { process, key, f: 'write', argument: value(), returns: undefined };
  // A recent value may still be there, so that some compare-and-sets succeed.
  const from = values === Infinity ? Math.max(0, number - 1 - draw(10 * keys)) : draw(values);
  return { process, key, f: 'cas', argument: [from, value()], returns: undefined };
}

function takeEffect(operations: readonly SimulatedOperation[], registers: Map<number, Json>): void {
  for (const operation of operations) {
    const { key, f, argument } = operation;
    const found = registers.get(key) ?? null;
    const [from, to] = isList(argument) ? argument : [];
    const isDone = f !== 'cas' || from === found;
    if (f !== 'read' && isDone) registers.set(key, (f === 'cas' ? to : argument) ?? null);
    operation.returns = { type: isDone ? 'ok' : 'fail', value: f === 'read' ? found : argument };
  }
}
