import type { HistoryEvent } from '../events/event.ts';
import { operationsOf } from '../events/operations.ts';
import { EdnError, readEdn } from './edn.ts';
import { eventFrom } from './eventSchema.ts';
import { JsonLineError, readJsonLines } from './jsonLines.ts';
import type { ValueAtLine } from './valueAtLine.ts';

/** A history that was read from a text and is well formed: `operationsOf` accepts it. */
interface History {
  readonly kind: 'history';
  readonly events: readonly HistoryEvent[];
  /** The line, from 1, on which each event begins. */
  readonly lines: readonly number[];
}

/** Why a text holds no well-formed history. */
interface UnreadableHistory {
  readonly kind: 'unreadable';
  /** The line of the error, from 1. */
  readonly line: number;
  /** The field of the event that is wrong, or undefined if no single field is. */
  readonly field: string | undefined;
  /** What is wrong, and what is expected. It follows the name of the field, or stands alone without one. */
  readonly message: string;
}

/** Reads a history from JSON lines, one event each, or from EDN as Jepsen writes it: maps, or one vector of maps. */
export function historyFromText(text: string): History | UnreadableHistory {
  let values: readonly ValueAtLine[];
  try {
    values = /^\s*\{\s*"/.test(text) ? readJsonLines(text) : readEdn(text);
  } catch (error) {
    if (error instanceof EdnError) return unreadable(error.line, `this is not EDN: ${error.message}`);
    if (error instanceof JsonLineError) return unreadable(error.line, `this is not JSON: ${error.message}`);
    throw error;
  }
  return historyFrom(values);
}

function historyFrom(values: readonly ValueAtLine[]): History | UnreadableHistory {
  const events: HistoryEvent[] = [];
  for (const { line, value } of values) {
    const event = eventFrom(value, events.length, events.at(-1)?.time ?? 0);
    if ('message' in event) return unreadable(line, event.message, event.field);
    events.push(event);
  }
  const lines = values.map(({ line }) => line);
  if (events.length === 0) return unreadable(1, 'there is no event in this history: give it at least one');
  const operations = operationsOf(events);
  if (!('message' in operations)) return { kind: 'history', events, lines };
  return unreadable(lines[operations.event] ?? 1, operations.message, operations.field);
}

function unreadable(line: number, message: string, field?: string): UnreadableHistory {
  return { kind: 'unreadable', line, field, message };
}
