import type { Json } from '../../../impl/index.ts';
import { marked } from '../events/marked.ts';
import { EdnError, readEdn } from './edn.ts';
import type { ValueAtLine } from './valueAtLine.ts';

/** A line that Jepsen logs for an event, or a line of its history.txt: process, type, function, value and perhaps an error. */
const eventLine = /^(?:INFO\b.*\s)?(-?\d+|:[\w-]+)\s+:(invoke|ok|fail|info)\s+:([\w-]+)\s+(.*)$/;

/** Whether the text is such a log: whether some line is of that form. */
export function isJepsenLog(text: string): boolean {
  return !/^\s*[[({;]/.test(text) && new RegExp(eventLine.source, 'm').test(text);
}

/** Reads the events of such a log. Other lines are skipped. Throws an `EdnError`. */
export function readJepsenLog(text: string): readonly ValueAtLine[] {
  return text.split('\n').flatMap((written, at) => {
    const [, process, type, f, rest] = eventLine.exec(written.trimEnd()) ?? [];
    if (process === undefined || type === undefined || f === undefined || rest === undefined) return [];
    const [value = null, error] = valuesIn(rest, at + 1);
    const name: Json = process.startsWith(':') ? marked('keyword', process.slice(1)) : Number(process);
    const event = { process: name, type, f, value };
    return [{ line: at + 1, value: error === undefined ? event : { ...event, error } }];
  });
}

function valuesIn(text: string, line: number): readonly Json[] {
  try {
    const [values] = readEdn(`{:values [${text}]}`);
    const read =
      typeof values?.value === 'object' && values.value !== null && 'values' in values.value
        ? values.value.values
        : [];
    return Array.isArray(read) ? read : [];
  } catch (error) {
    if (error instanceof EdnError) throw new EdnError(line, error.message);
    throw error;
  }
}
