import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from './history.ts';
import { isList, same } from './text.ts';

/** An operation of one client on one key, from its invocation to its return. Those that failed are none. */
export interface Operation {
  readonly process: number;
  readonly key: Json;
  readonly f: string;
  readonly argument: Json;
  /** What it returned, or undefined if that is not known: then it may have happened at any time since, or never. */
  readonly result: Json | undefined;
  /** The index of the event that invoked it. */
  readonly invoked: number;
  /** The index of the event that said `ok`, or Infinity where none did. */
  readonly returned: number;
}

/** Why a history makes no sense. */
export interface Complaint {
  /** The index of the event that is to blame. */
  readonly event: number;
  readonly field: string;
  /** Words that follow the name of the field. */
  readonly message: string;
}

/** Pairs invocations with what came of them, in the order of the invocations, or says why that cannot be done. */
export function operationsOf(events: readonly HistoryEvent[]): readonly Operation[] | Complaint {
  const operations = new Map<number, Operation>();
  const waiting = new Map<number, Operation>();
  const ended = new Map<number, number>();
  for (const event of events) {
    if (event.process === 'nemesis') continue;
    const { process } = event;
    const invocation = waiting.get(process);
    const read = event.type === 'invoke' ? invoke(event, process) : complete(event, invocation);
    if ('message' in read) return read;
    if (event.type === 'invoke') {
      const complaint = busy(event.index, process, invocation, ended.get(process));
      if (complaint !== undefined) return complaint;
      waiting.set(process, read);
    } else {
      waiting.delete(process);
    }
    if (event.type === 'info') ended.set(process, event.index);
    if (event.type === 'fail') operations.delete(read.invoked);
    else operations.set(read.invoked, read);
  }
  return [...operations.values()];
}

function invoke({ index, f, value }: HistoryEvent, process: number): Operation | Complaint {
  const pair = pairIn(value);
  if (pair === undefined) return { event: index, field: 'value', message: notAPair(value) };
  const [key, argument] = pair;
  return { process, key, f, argument, result: undefined, invoked: index, returned: Infinity };
}

/** The operation as it is once this event has told what came of it. */
function complete(event: HistoryEvent, invocation: Operation | undefined): Operation | Complaint {
  const { index, type, f, value, process } = event;
  const complaint = (field: string, message: string): Complaint => ({ event: index, field, message });
  if (invocation === undefined) {
    return complaint(
      'type',
      `must be invoke, and is ${type}: process ${process} has invoked nothing that waits`,
    );
  }
  const what = `as process ${process} invoked at event ${invocation.invoked}`;
  if (f !== invocation.f)
    return complaint('f', `must be ${JSON.stringify(invocation.f)}, ${what}, and is ${JSON.stringify(f)}`);
  const pair = pairIn(value);
  if (pair === undefined) return complaint('value', notAPair(value));
  const [key, result] = pair;
  if (!same(key, invocation.key)) {
    return complaint('value', `must be of key ${JSON.stringify(invocation.key)}, ${what}, and is of another`);
  }
  return type === 'ok' ? { ...invocation, result, returned: index } : invocation;
}

function busy(
  event: number,
  process: number,
  waiting: Operation | undefined,
  ended: number | undefined,
): Complaint | undefined {
  const complaint = (why: string): Complaint => ({
    event,
    field: 'process',
    message: `must be one that may invoke, and process ${process} ${why}`,
  });
  if (waiting !== undefined) return complaint(`still waits for what it invoked at event ${waiting.invoked}`);
  if (ended === undefined) return undefined;
  return complaint(`ended at event ${ended} with info: who goes on needs another number`);
}

function pairIn(value: Json): readonly [Json, Json] | undefined {
  if (!isList(value) || value.length !== 2) return undefined;
  const [key, part] = value;
  return key === undefined || part === undefined ? undefined : [key, part];
}

function notAPair(value: Json): string {
  return `must be a list of a key and a value, and is ${JSON.stringify(value).slice(0, 60)}`;
}
