import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from '../events/event.ts';
import { isList, isRecord } from '../events/json.ts';

/** What is wrong with an event. The message follows the name of the field, or stands alone without one. */
interface EventError {
  readonly field?: string;
  readonly message: string;
}

/** Values nested more deeply are rejected: walking through them could overflow the stack. */
const maxDepth = 100;

/**
 * Validates a value as the event at this position, whose predecessor has the time `before`. Drops unknown fields. Returns the
 * event, or what is wrong with it.
 */
export function eventFrom(value: Json, place: number, before: number): HistoryEvent | EventError {
  if (!isRecord(value))
    return { message: `an event should be here, a map with named fields, and not ${quoted(value)}` };
  if (!isWithin(value, maxDepth)) return { message: `this event is nested more than ${maxDepth} deep` };
  const { index, time, process, type, f, value: payload = null, error } = value;
  if (index !== place) return must('index', `${place}, as many as there are events before`, index);
  if (!isWhole(time) || time < before) {
    return must('time', `a whole number of nanoseconds, ${before} or more as the event before says`, time);
  }
  if (process !== 'nemesis' && !isWhole(process))
    return must('process', 'a whole number from 0, or nemesis', process);
  if (type !== 'invoke' && type !== 'ok' && type !== 'fail' && type !== 'info') {
    return must('type', 'invoke, ok, fail or info', type);
  }
  if (typeof f !== 'string' || f === '') return must('f', 'the name of an operation', f);
  if (isRounded(payload)) return must('value', 'of whole numbers below 2^53, or of strings', payload);
  const event: HistoryEvent = { index: place, time, process, type, f, value: payload };
  return error === undefined ? event : { ...event, error };
}

function must(field: string, what: string, found: Json | undefined): EventError {
  return { field, message: found === undefined ? 'is missing' : `must be ${what}, and is ${quoted(found)}` };
}

function isWhole(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
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
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
