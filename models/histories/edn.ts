import type { Json } from '../../impl/index.ts';
import { isList } from './text.ts';

/** Thrown for a text that is not EDN. */
export class NotEdn extends Error {
  override readonly name = 'NotEdn';
  /** The line, from 1, on which it stops being EDN. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** A value, and the line, from 1, on which it begins. */
export interface Placed {
  readonly line: number;
  readonly value: Json;
}

/** No history nests as deep as this. Deeper ones would overflow the stack. */
const deepest = 100;

const skipped = /(?:[\s,]|;[^\n]*)*/y;
const token = /#\{|#_|#[a-zA-Z][^\s,;"()[\]{}]*|[()[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,;"()[\]{}\\#]+/sy;
const number = /^(?:[+-]?\d+(?:N|(?:\.\d+)?(?:[eE][+-]?\d+)?M?)|0x[\da-fA-F]+)$/;
const noValue: readonly string[] = ['', ')', ']', '}', '#_'];
const constants = new Map<string, Json>([
  ['nil', null],
  ['true', true],
  ['false', false],
]);

/**
 * Reads EDN values, one after the other or all in one vector, as the JSON values that come closest: keywords and
 * symbols become texts, sets become lists, tags are left out, and characters are refused. (The edn-data package takes
 * brackets that do not match or never close for EDN, and does not tell where anything stands.) Throws a `NotEdn`.
 */
export function readEdn(text: string): readonly Placed[] {
  const reader = new Reader(text);
  if (reader.take('[')) {
    const placed = reader.valuesUntil(']', 0);
    if (!reader.isAtEnd) throw reader.fault('the end of the text should be');
    return placed;
  }
  return reader.valuesUntil('', 0);
}

/** A value as EDN, with texts as texts. */
export function ednOf(value: Json): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(ednOf).join(' ')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)} ${ednOf(member)}`);
  return `{${members.join(', ')}}`;
}

/** A text as a keyword, or as it is if no keyword can say it. */
export function keywordOf(name: string): string {
  return /^[a-z][\w-]*$/i.test(name) ? `:${name}` : JSON.stringify(name);
}

class Reader {
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

  /** All values up to this bracket; the empty one stands for the end of the text. */
  valuesUntil(end: string, depth: number): readonly Placed[] {
    const placed: Placed[] = [];
    while (this.next !== end || (end === '' && !this.isAtEnd)) {
      if (this.isAtEnd) throw this.fault(`'${end}' should be`);
      if (this.take('#_')) {
        this.value(depth);
        continue;
      }
      const { line } = this;
      placed.push({ line, value: this.value(depth) });
    }
    if (end !== '') this.advance();
    return placed;
  }

  fault(what: string): NotEdn {
    const found = JSON.stringify(this.text.slice(this.offset, this.offset + 12).split('\n', 1)[0]);
    return new NotEdn(this.line, this.isAtEnd ? `it ends where ${what}` : `${what} where ${found} is`);
  }

  private value(depth: number): Json {
    const { next } = this;
    if (noValue.includes(next)) throw this.fault('a value should be');
    if (depth === deepest) throw this.fault(`there is more than ${deepest} deep nesting`);
    if (next === '{') return this.map(depth + 1);
    if (next === '[' || next === '(' || next === '#{') {
      this.advance();
      const end = next === '[' ? ']' : next === '(' ? ')' : '}';
      return this.valuesUntil(end, depth + 1).map(({ value }) => value);
    }
    if (next.startsWith('#')) {
      this.advance();
      return this.value(depth + 1);
    }
    const value = this.plain(next);
    this.advance();
    return value;
  }

  private map(depth: number): Json {
    const begin = this.line;
    this.advance();
    const values = this.valuesUntil('}', depth);
    const members = new Map<string, Json>();
    for (let at = 0; at < values.length; at += 2) {
      const [key, member] = [values[at], values[at + 1]];
      if (key === undefined || member === undefined) {
        throw new NotEdn(begin, 'this map ends with a key that has no value');
      }
      const name = typeof key.value === 'string' ? key.value : ednOf(key.value);
      if (members.has(name)) throw new NotEdn(key.line, `the key ${JSON.stringify(name)} is given twice`);
      members.set(name, member.value);
    }
    return Object.fromEntries(members);
  }

  private plain(found: string): Json {
    const constant = constants.get(found);
    if (constant !== undefined) return constant;
    if (found.startsWith('"')) return this.string(found);
    if (found.startsWith(':') && found.length > 1) return found.slice(1);
    if (number.test(found)) return Number(found.replace(/[NM]$/, ''));
    if (/^(?:[+-]?\d|:)/.test(found)) throw this.fault('a number, a keyword or a symbol should be');
    return found;
  }

  private string(found: string): string {
    // Beside its escapes, which are JSON's, EDN lets a text go over several lines.
    const inJson = found.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
    try {
      return String(JSON.parse(inJson));
    } catch {
      throw this.fault('a text with an escape that EDN does not know is');
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
