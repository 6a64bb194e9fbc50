import type { Json } from '../../impl/index.ts';
import { NotJson, readJson } from '../json/readJson.ts';
import { ednOf, keywordOf, NotEdn, type Placed, readEdn } from './edn.ts';
import { eventFrom } from './event.ts';
import { operationsOf } from './operations.ts';

/** One line of a history, as Jepsen writes them: a client invokes an operation, or is told what came of it. */
export interface HistoryEvent {
  /** Its place in the history, from 0. */
  readonly index: number;
  /** Nanoseconds since the beginning. */
  readonly time: number;
  /** A client, which does one thing at a time; or the nemesis, which causes faults and is no client. */
  readonly process: number | 'nemesis';
  /** `ok`: it happened; `fail`: it certainly did not; `info`: nobody knows, and the process never goes on. */
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** `read`, `write`, `cas` or whatever else a model knows, or whatever a nemesis does. */
  readonly f: string;
  /**
   * Of clients `[key, value]`: a read invokes with `[key, null]` and is `ok` with what it found, null for an absent
   * key; a cas has `[key, [from, to]]`.
   */
  readonly value: Json;
  readonly error?: Json;
}

/** A history that was read from a text, and makes sense: `operationsOf` has no complaint about it. */
export interface History {
  readonly kind: 'history';
  readonly events: readonly HistoryEvent[];
  /** On which line, from 1, each event begins. */
  readonly lines: readonly number[];
}

/** Why a text holds no history. */
export interface Problem {
  readonly kind: 'problem';
  /** The line, from 1, that is to blame. */
  readonly line: number;
  /** The field of the event that is to blame, or undefined if it is no single one. */
  readonly field: string | undefined;
  /** What is wrong, and what should be: words to follow the name of the field, or to stand alone. */
  readonly message: string;
}

/** Reads a history from JSON lines, one event each, or from EDN as Jepsen writes it: maps, or one vector of maps. */
export function historyFromText(text: string): History | Problem {
  let placed: readonly Placed[];
  try {
    placed = /^\s*\{\s*"/.test(text) ? readJsonLines(text) : readEdn(text);
  } catch (error) {
    if (error instanceof NotEdn) return problem(error.line, `this is not EDN: ${error.message}`);
    if (error instanceof NotJsonLine) return problem(error.line, `this is not JSON: ${error.message}`);
    throw error;
  }
  return historyFrom(placed);
}

/** The history as Jepsen prints it: one EDN map a line. */
export function historyAsEdn(events: readonly HistoryEvent[]): string {
  return events.map((event) => `${ednOfEvent(event)}\n`).join('');
}

/** The history as JSON, one event a line. */
export function historyAsJsonLines(events: readonly HistoryEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function ednOfEvent({ index, time, process, type, f, value, error }: HistoryEvent): string {
  const name = process === 'nemesis' ? ':nemesis' : process;
  const why = error === undefined ? '' : `, :error ${ednOf(error)}`;
  return `{:index ${index}, :time ${time}, :process ${name}, :type :${type}, :f ${keywordOf(f)}, :value ${ednOf(value)}${why}}`;
}

function historyFrom(placed: readonly Placed[]): History | Problem {
  const events: HistoryEvent[] = [];
  for (const { line, value } of placed) {
    const event = eventFrom(value, events.length, events.at(-1)?.time ?? 0);
    if ('message' in event) return problem(line, event.message, event.field);
    events.push(event);
  }
  const lines = placed.map(({ line }) => line);
  if (events.length === 0) return problem(1, 'there is no event in this history: give it at least one');
  const operations = operationsOf(events);
  if (!('message' in operations)) return { kind: 'history', events, lines };
  return problem(lines[operations.event] ?? 1, operations.message, operations.field);
}

function problem(line: number, message: string, field?: string): Problem {
  return { kind: 'problem', line, field, message };
}

class NotJsonLine extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

function readJsonLines(text: string): readonly Placed[] {
  return text.split('\n').flatMap((written, at) => {
    if (written.trim() === '') return [];
    try {
      const value: Json = JSON.parse(written);
      return [{ line: at + 1, value }];
    } catch (error) {
      throw new NotJsonLine(at + 1, faultIn(written) ?? String(error));
    }
  });
}

/** What JSON.parse says of a fault depends on Node's version, and does not tell what should be there. */
function faultIn(written: string): string | undefined {
  try {
    readJson(written);
    return undefined;
  } catch (error) {
    if (error instanceof NotJson) return error.message;
    throw error;
  }
}
