import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from '../events/event.ts';
import { isList, isRecord, textOf } from '../events/json.ts';
import { markIn, nameIn } from '../events/marked.ts';

/** What is wrong with an event. The message follows the name of the field, or stands alone without one. */
interface EventError {
  readonly field?: string;
  readonly message: string;
}

/** Values nested more deeply are rejected: walking through them could overflow the stack. */
const maxDepth = 100;

/** An event as it is written: its value may lack the key, that is, not be a pair of key and value. */
export interface WrittenEvent {
  readonly event: HistoryEvent;
  /** The index that the text gives, or the last one that it gave before. */
  readonly given: number;
  /** Whether the key stands in a field of its own, and so is in the value already. */
  readonly isKeyed: boolean;
  /** Whether the event says that its read found no key: `:absent true`. */
  readonly isAbsent: boolean;
}

/**
 * Validates a value as the event at this position. `before`: the last index that an event before it gave, or -1. Drops unknown
 * fields. Returns the event, or what is wrong with it.
 */
export function eventFrom(value: Json, place: number, before: number): WrittenEvent | EventError {
  if (!isRecord(value) || markIn(value) !== undefined)
    return { message: `an event should be here, a map with named fields, and not ${quoted(value)}` };
  if (!isWithin(value, maxDepth)) return { message: `this event is nested more than ${maxDepth} deep` };
  const { index = null, time, key, value: payload = null, error, absent } = value;
  const [process, type, f] = [value.process, value.type, value.f].map(named);
  if (index !== null && !(isInteger(index) && index > before)) {
    return must('index', `a whole number above ${before}, as the events before have`, index);
  }
  if (time !== undefined && time !== null && !isInteger(time))
    return must('time', 'a whole number of nanoseconds', time);
  if (typeof process !== 'string' && !isInteger(process))
    return must('process', 'a whole number, or a name such as nemesis', process);
  if (type !== 'invoke' && type !== 'ok' && type !== 'fail' && type !== 'info') {
    return must('type', 'invoke, ok, fail or info', type);
  }
  if (typeof f !== 'string' || f === '') return must('f', 'the name of an operation', f);
  if (isRounded(payload)) return must('value', 'of whole numbers below 2^53, or of strings', payload);
  const isResult = process !== 'nemesis' && (type === 'invoke' || type === 'ok');
  if (isResult && hasNaN(payload)) return must('value', 'without NaN, which equals no value', payload);
  const event: HistoryEvent = {
    ...{ index: place, time: isInteger(time) ? time : 0, process, type, f },
    value: key === undefined ? payload : [key, payload],
    ...(error === undefined ? {} : { error }),
  };
  const given = isInteger(index) ? index : before;
  return { event, given, isKeyed: key !== undefined, isAbsent: absent === true };
}

/** A keyword as its name. */
function named(value: Json | undefined): Json | undefined {
  return nameIn(value) ?? value;
}

function must(field: string, what: string, found: Json | undefined): EventError {
  return { field, message: found === undefined ? 'is missing' : `must be ${what}, and is ${quoted(found)}` };
}

function isInteger(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function hasNaN(value: Json): boolean {
  const mark = markIn(value);
  return (mark?.kind === 'float' && mark.content === 'NaN') || partsOf(value).some(hasNaN);
}

function isWithin(value: Json, depth: number): boolean {
  return depth >= 0 && partsOf(value).every((part) => isWithin(part, depth - 1));
}

/** Whether reading may have rounded a number in the value. Rounding could make different values equal. */
function isRounded(value: Json): boolean {
  if (typeof value === 'number') return Math.abs(value) >= 2 ** 53;
  return partsOf(value).some(isRounded);
}

function partsOf(value: Json): readonly Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return isList(value) ? value : Object.values(value);
}

function quoted(value: Json): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
