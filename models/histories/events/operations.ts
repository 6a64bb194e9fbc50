import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from './event.ts';
import { isList, same, textOf } from './json.ts';

/** An operation of one client on one key, from its invocation to its return. Operations that failed are left out. */
export interface HistoryOperation {
  readonly process: number | string;
  readonly key: Json;
  readonly f: string;
  readonly argument: Json;
  /** The result, or undefined if unknown: the operation then took effect at any time after its invocation, or never. */
  readonly result: Json | undefined;
  /** The index of the event that invoked it. */
  readonly invoked: number;
  /** The index of its `ok` event, or Infinity if there is none. */
  readonly returned: number;
}

/** Why a history is not well formed, or not one of the model's. */
export interface HistoryError {
  /** The index of the event that is wrong. */
  readonly event: number;
  readonly field: string;
  /** Follows the name of the field. */
  readonly message: string;
}

/** Pairs invocations with their completions, in the order of the invocations. Returns an error if the history is not well formed. */
export function operationsOf(events: readonly HistoryEvent[]): readonly HistoryOperation[] | HistoryError {
  const operations = new Map<number, HistoryOperation>();
  const waiting = new Map<number | string, HistoryOperation>();
  const ended = new Map<number | string, number>();
  for (const event of events) {
    if (event.process === 'nemesis') continue;
    const { process } = event;
    const invocation = waiting.get(process);
    if (typeof process === 'string' && event.type === 'info' && invocation === undefined) continue;
    const operation = event.type === 'invoke' ? invoke(event, process) : complete(event, invocation);
    if ('message' in operation) return operation;
    if (event.type === 'invoke') {
      const error = busy(event.index, process, invocation, ended.get(process));
      if (error !== undefined) return error;
      waiting.set(process, operation);
    } else {
      waiting.delete(process);
    }
    if (event.type === 'info') ended.set(process, event.index);
    if (event.type === 'fail') operations.delete(operation.invoked);
    else operations.set(operation.invoked, operation);
  }
  return [...operations.values()];
}

function invoke(
  { index, f, value }: HistoryEvent,
  process: number | string,
): HistoryOperation | HistoryError {
  const pair = pairIn(value);
  if (pair === undefined) return { event: index, field: 'value', message: notAPair(value) };
  const [key, argument] = pair;
  return { process, key, f, argument, result: undefined, invoked: index, returned: Infinity };
}

/** The operation after this event completed it. */
function complete(
  event: HistoryEvent,
  invocation: HistoryOperation | undefined,
): HistoryOperation | HistoryError {
  const { index, type, f, value, process } = event;
  const error = (field: string, message: string): HistoryError => ({ event: index, field, message });
  if (invocation === undefined) {
    return error('type', `must be invoke, and is ${type}: process ${process} has no operation under way`);
  }
  const invokedAs = `as process ${process} invoked at event ${invocation.invoked}`;
  if (f !== invocation.f)
    return error('f', `must be ${JSON.stringify(invocation.f)}, ${invokedAs}, and is ${JSON.stringify(f)}`);
  if (type !== 'ok') return invocation;
  const pair = pairIn(value);
  if (pair === undefined) return error('value', notAPair(value));
  const [key, result] = pair;
  if (!same(key, invocation.key)) {
    return error('value', `must be of key ${textOf(invocation.key)}, ${invokedAs}, and is of another`);
  }
  // A read that does not tell what it found says nothing, wherever it took effect.
  return event.isUnknown === true ? invocation : { ...invocation, result, returned: index };
}

/** Why this process may not invoke at this event, or undefined if it may. */
function busy(
  event: number,
  process: number | string,
  waiting: HistoryOperation | undefined,
  ended: number | undefined,
): HistoryError | undefined {
  const error = (why: string): HistoryError => ({
    event,
    field: 'process',
    message: `must be a process that may invoke, and process ${process} ${why}`,
  });
  if (waiting !== undefined) return error(`has the operation of event ${waiting.invoked} under way`);
  if (ended === undefined) return undefined;
  return error(`ended at event ${ended} with info: later operations need another process number`);
}

function pairIn(value: Json): readonly [Json, Json] | undefined {
  if (!isList(value) || value.length !== 2) return undefined;
  const [key, part] = value;
  return key === undefined || part === undefined ? undefined : [key, part];
}

function notAPair(value: Json): string {
  return `must be a list of a key and a value, and is ${textOf(value).slice(0, 60)}`;
}
