import type { HistoryEvent } from '../events/event.ts';
import { isList } from '../events/json.ts';
import { operationsOf } from '../events/operations.ts';
import { EdnError, readEdn } from './edn.ts';
import { eventFrom, type WrittenEvent } from './eventSchema.ts';
import { isJepsenLog, readJepsenLog } from './jepsenLog.ts';
import { JsonLineError, readJsonLines } from './jsonLines.ts';
import type { ValueAtLine } from './valueAtLine.ts';
import { withKeys } from './withKeys.ts';

/** A history that was read from a text and is well formed: `operationsOf` accepts it. */
export interface History {
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

/** How to read what a text does not say by itself. */
export interface ReadingOptions {
  /** What a read found that returned nil in one of Jepsen's formats: as for Knossos it does not tell, or no key. */
  readonly nilReads: 'unknown' | 'absent';
  /** Whether all values are of one register, also those that could be pairs of a key and a value. */
  readonly isUnkeyed: boolean;
}

const usual: ReadingOptions = { nilReads: 'unknown', isUnkeyed: false };

/**
 * Reads a history from JSON lines, one event each, from EDN as Jepsen writes it: maps, or one vector or list of maps, or from lines of
 * Jepsen's log.
 */
export function historyFromText(text: string, options: ReadingOptions = usual): History | UnreadableHistory {
  const isJson = /^\s*\{\s*"/.test(text);
  try {
    if (isJson) return historyFrom(readJsonLines(text), { ...options, nilReads: 'absent' });
    return historyFrom(isJepsenLog(text) ? readJepsenLog(text) : readEdn(text), options);
  } catch (error) {
    if (error instanceof EdnError) return unreadable(error.line, `this is not EDN: ${error.message}`);
    if (error instanceof JsonLineError) return unreadable(error.line, `this is not JSON: ${error.message}`);
    throw error;
  }
}

function historyFrom(values: readonly ValueAtLine[], options: ReadingOptions): History | UnreadableHistory {
  const written: WrittenEvent[] = [];
  const lines = values.map(({ line }) => line);
  for (const { line, value } of values) {
    const event = eventFrom(value, written.length, written.at(-1)?.given ?? -1);
    if ('message' in event) return unreadable(line, event.message, event.field);
    written.push(event);
  }
  if (written.length === 0) return unreadable(1, 'there is no event in this history: give it at least one');
  const keyed = withKeys(written, options.isUnkeyed);
  if ('message' in keyed) return unreadable(lines[keyed.event] ?? 1, keyed.message, keyed.field);
  const events = keyed.map((event, at): HistoryEvent => {
    const isTold = options.nilReads === 'absent' || written[at]?.isAbsent === true || !isNilRead(event);
    return isTold ? event : { ...event, isUnknown: true };
  });
  const operations = operationsOf(events);
  if (!('message' in operations)) return { kind: 'history', events, lines };
  return unreadable(lines[operations.event] ?? 1, operations.message, operations.field);
}

function isNilRead({ process, type, f, value }: HistoryEvent): boolean {
  return process !== 'nemesis' && type === 'ok' && f === 'read' && isList(value) && value[1] === null;
}

function unreadable(line: number, message: string, field?: string): UnreadableHistory {
  return { kind: 'unreadable', line, field, message };
}
