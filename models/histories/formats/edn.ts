import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from '../events/event.ts';
import { ednOf as ednOfMarked, isList, textOf } from '../events/json.ts';
import { marked, markIn, nameIn } from '../events/marked.ts';
import { numberIn } from './ednNumber.ts';
import type { ValueAtLine } from './valueAtLine.ts';

/** Thrown for a text that is not EDN. The message says what is expected where. */
export class EdnError extends Error {
  override readonly name = 'EdnError';
  /** The line of the error, from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Values nested more deeply are errors: they could overflow the stack. */
const maxDepth = 100;

const skipped = /(?:[\s,]|;[^\n]*)*/y;
const token =
  /#\{|#_|\^|\\(?:[a-zA-Z0-9]+|\S)|##-?[a-zA-Z]+|#"[^"\\]*(?:\\.[^"\\]*)*"|#[a-zA-Z][^\s,;"()[\]{}]*|[()[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,;"()[\]{}\\#]+/sy;
const notValues: readonly string[] = ['', ')', ']', '}', '#_'];
const constants = new Map<string, Json>([
  ['nil', null],
  ['true', true],
  ['false', false],
]);

/**
 * Reads EDN values, one after the other or all in one vector or list. What JSON lacks becomes a marked value. A list is a vector,
 * as in Clojure; metadata are dropped. The outermost maps have the names of their keys as names, and no tags. Throws an `EdnError`.
 *
 * The edn-data package does not serve here: it accepts unbalanced brackets and reports no positions.
 */
export function readEdn(text: string): readonly ValueAtLine[] {
  const reader = new EdnReader(text);
  const end = reader.take('[') ? ']' : reader.take('(') ? ')' : undefined;
  if (end !== undefined) {
    const values = reader.valuesUntil(end, 0);
    if (!reader.isAtEnd) throw reader.expected('the end of the text');
    return values;
  }
  return reader.valuesUntil('', 0);
}

/** The history as Jepsen prints it: one EDN map a line. */
export function historyAsEdn(events: readonly HistoryEvent[]): string {
  return events.map((event) => `${ednOfEvent(event)}\n`).join('');
}

function ednOfEvent(event: HistoryEvent): string {
  const { index, time, process, type, f, value, error } = event;
  const name = typeof process === 'string' ? keywordOf(process) : process;
  const absent = isAbsence(event) ? ', :absent true' : '';
  const suffix = error === undefined ? absent : `${absent}, :error ${ednOf(error)}`;
  return `{:index ${index}, :time ${time}, :process ${name}, :type :${type}, :f ${keywordOf(f)}, :value ${ednOf(value)}${suffix}}`;
}

/** Whether a read found no key. For Knossos a read of nil does not tell what it found, so such events say more. */
function isAbsence({ type, f, value, isUnknown }: HistoryEvent): boolean {
  return type === 'ok' && f === 'read' && isUnknown !== true && isList(value) && value[1] === null;
}

/** A value as EDN. Strings stay strings. */
function ednOf(value: Json): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  const mark = markIn(value);
  if (mark !== undefined) return ednOfMarked(mark, ednOf);
  if (isList(value)) return `[${value.map(ednOf).join(' ')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)} ${ednOf(member)}`);
  return `{${members.join(', ')}}`;
}

/** A name as a keyword, or as a string if it is no valid keyword. */
function keywordOf(name: string): string {
  return /^[a-z][\w-]*$/i.test(name) ? `:${name}` : JSON.stringify(name);
}

class EdnReader {
  private readonly text: string;
  private next = '';
  private offset = 0;
  private line = 1;
  private lineEnd: number;

  constructor(text: string) {
    this.text = text;
    this.lineEnd = text.indexOf('\n');
    this.advance();
  }

  get isAtEnd(): boolean {
    return this.offset === this.text.length;
  }

  take(wanted: string): boolean {
    if (this.next !== wanted) return false;
    this.advance();
    return true;
  }

  /** All values up to this closing bracket, or up to the end of the text if it is empty. */
  valuesUntil(end: string, depth: number): readonly ValueAtLine[] {
    const values: ValueAtLine[] = [];
    while (this.next !== end || (end === '' && !this.isAtEnd)) {
      if (this.isAtEnd) throw this.expected(`'${end}'`);
      if (this.take('#_')) {
        this.value(depth);
        continue;
      }
      const { line } = this;
      values.push({ line, value: this.value(depth) });
    }
    if (end !== '') this.advance();
    return values;
  }

  /** The error that this was expected at the current position. */
  expected(what: string): EdnError {
    const found = JSON.stringify(this.text.slice(this.offset, this.offset + 12).split('\n', 1)[0]);
    return new EdnError(this.line, `expected ${what}, found ${this.isAtEnd ? 'the end of the text' : found}`);
  }

  private value(depth: number): Json {
    while (depth === 0 && /^#[a-zA-Z]/.test(this.next)) this.advance();
    const { next } = this;
    if (notValues.includes(next)) throw this.expected('a value');
    if (depth === maxDepth) throw new EdnError(this.line, `this is nested more than ${maxDepth} deep`);
    if (next === '{') return this.map(depth + 1);
    if (next === '[' || next === '(') return this.list(next === '[' ? ']' : ')', depth + 1);
    if (next === '#{') return this.set(depth + 1);
    if (next.startsWith('#"') || next.startsWith('##') || !/^[#^]/.test(next)) {
      const value = this.atom(next);
      this.advance();
      return value;
    }
    this.advance();
    const value = this.value(depth + 1);
    if (next === '^') return this.value(depth + 1);
    return marked('tagged', [next.slice(1), value]);
  }

  private list(end: string, depth: number): readonly Json[] {
    this.advance();
    return this.valuesUntil(end, depth).map(({ value }) => value);
  }

  /** A set, in the order of the texts of its members. */
  private set(depth: number): Json {
    const begin = this.line;
    const written = this.list('}', depth);
    const members = new Map(written.map((value) => [textOf(value), value]));
    if (members.size < written.length) throw new EdnError(begin, 'this set has a member twice');
    const sorted = [...members].sort(([one], [other]) => (one < other ? -1 : 1));
    return marked(
      'set',
      sorted.map(([, value]) => value),
    );
  }

  /** A map: a record if all keys are strings, or if it is an event, whose keys are names. */
  private map(depth: number): Json {
    const begin = this.line;
    this.advance();
    const values = this.valuesUntil('}', depth);
    const members = new Map<string, readonly [Json, Json]>();
    for (let at = 0; at < values.length; at += 2) {
      const [key, member] = [values[at], values[at + 1]];
      if (key === undefined || member === undefined) {
        throw new EdnError(begin, 'this map ends with a key that has no value');
      }
      const name = depth === 1 ? (nameIn(key.value) ?? textOf(key.value)) : textOf(key.value);
      if (members.has(name)) throw new EdnError(key.line, `the key ${textOf(key.value)} is given twice`);
      members.set(name, [key.value, member.value]);
    }
    if (depth === 1) return Object.fromEntries([...members].map(([name, [, member]]) => [name, member]));
    const sorted = [...members].sort(([one], [other]) => (one < other ? -1 : 1));
    const pairs = sorted.map(([, pair]) => pair);
    const record: Json = Object.fromEntries(pairs.map(([key, member]) => [String(key), member]));
    const isRecord = pairs.every(([key]) => typeof key === 'string') && markIn(record) === undefined;
    return isRecord ? record : marked('map', pairs);
  }

  private atom(found: string): Json {
    const constant = constants.get(found);
    if (constant !== undefined) return constant;
    if (found.startsWith('#"')) return marked('tagged', ['regex', found.slice(2, -1)]);
    if (found.startsWith('"')) return this.string(found);
    if (found.startsWith('\\')) return marked('char', found.slice(1));
    if (found.startsWith(':') && found.length > 1) return marked('keyword', found.slice(1));
    const number = numberIn(found);
    if (number !== undefined) return number;
    if (/^(?:[+-]?\d|:|##)/.test(found)) throw this.expected('a number, a keyword or a symbol');
    return marked('symbol', found);
  }

  private string(found: string): string {
    // EDN has JSON's escapes, but allows a string to span lines.
    const inJson = found.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
    try {
      return String(JSON.parse(inJson));
    } catch {
      throw new EdnError(
        this.line,
        `this string has an escape that EDN does not have: ${found.slice(0, 40)}`,
      );
    }
  }

  private advance(): void {
    skipped.lastIndex = this.offset + this.next.length;
    skipped.test(this.text);
    this.offset = token.lastIndex = skipped.lastIndex;
    this.next = token.exec(this.text)?.[0] ?? '';
    for (; this.lineEnd >= 0 && this.lineEnd < this.offset; this.line++) {
      this.lineEnd = this.text.indexOf('\n', this.lineEnd + 1);
    }
  }
}
