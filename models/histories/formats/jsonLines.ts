import type { Json } from '../../../impl/index.ts';
import { NotJson, readJson } from '../../json/readJson.ts';
import type { HistoryEvent } from '../events/event.ts';
import type { ValueAtLine } from './valueAtLine.ts';

/** Thrown for a text with a line that is not JSON. */
export class JsonLineError extends Error {
  override readonly name = 'JsonLineError';
  /** The line, from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Reads a JSON value from each line that is not blank. Throws a `JsonLineError`. */
export function readJsonLines(text: string): readonly ValueAtLine[] {
  return text.split('\n').flatMap((written, at) => {
    if (written.trim() === '') return [];
    try {
      const value: Json = JSON.parse(written);
      return [{ line: at + 1, value }];
    } catch (error) {
      throw new JsonLineError(at + 1, syntaxErrorIn(written) ?? String(error));
    }
  });
}

/** The history as JSON, one event a line. */
export function historyAsJsonLines(events: readonly HistoryEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** What is wrong with the text. JSON.parse's own message depends on Node's version and does not say what it expects. */
function syntaxErrorIn(written: string): string | undefined {
  try {
    readJson(written);
    return undefined;
  } catch (error) {
    if (error instanceof NotJson) return error.message;
    throw error;
  }
}
