/** The keys and indices that lead from a JSON value to a part of it. */
export type Path = readonly (string | number)[];

/** Thrown for a text that is not JSON. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
  /** The offset in the text of the first error. */
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Parses a JSON text like JSON.parse, and throws NotJson with the offset of an error or of a repeated key.
 * (The yaml package knows offsets too, but accepts texts that are not JSON.)
 */
export function readJson(text: string): unknown {
  const all = members(text);
  while (all.next().done !== true);
  return JSON.parse(text);
}

/**
 * The line, from 1, of the part of a JSON text to which the path leads, or of the innermost part on the way
 * that exists.
 */
export function lineOf(text: string, path: Path): number {
  let found = 0;
  let matched = 0;
  for (const { depth, key, offset } of members(text)) {
    if (depth < matched || matched === path.length) break;
    if (depth > matched || key !== path[depth]) continue;
    found = offset;
    matched++;
  }
  return lineAt(text, found);
}

/** The line, from 1, of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** A member of an object or an item of a list, and its depth from 0. */
interface Member {
  readonly depth: number;
  readonly key: string | number;
  readonly offset: number;
}

/** An object or a list that is still open, with its keys so far or the index of its next item. */
type Open = { readonly end: '}'; readonly keys: Set<string> } | { readonly end: ']'; next: number };

const space = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;

/** Every member of a JSON text, in order. Throws NotJson at the first error. */
function* members(text: string): Generator<Member> {
  const tokens = new Tokens(text);
  const stack: Open[] = [];
  for (;;) {
    // A value begins here. A non-empty object or list is entered.
    const opened = open(tokens);
    if (opened !== undefined && !tokens.take(opened.end)) {
      stack.push(opened);
    } else {
      let top = stack.at(-1);
      while (top !== undefined && !tokens.take(',')) {
        tokens.need(top.end, `',' or '${top.end}'`);
        stack.pop();
        top = stack.at(-1);
      }
      if (top === undefined) return tokens.needEnd();
    }
    const top = stack.at(-1);
    if (top === undefined) return;
    yield { depth: stack.length - 1, offset: tokens.next.offset, key: nextKey(tokens, top) };
  }
}

function open(tokens: Tokens): Open | undefined {
  if (tokens.take('{')) return { end: '}', keys: new Set() };
  if (tokens.take('[')) return { end: ']', next: 0 };
  if (tokens.next.text === '' || '}],:'.includes(tokens.next.text)) throw tokens.fault('a value');
  tokens.advance();
  return undefined;
}

function nextKey(tokens: Tokens, top: Open): string | number {
  if (top.end === ']') return top.next++;
  const { text, offset } = tokens.next;
  if (!text.startsWith('"')) throw tokens.fault('a key in double quotes');
  const key = String(JSON.parse(text));
  if (top.keys.has(key)) throw new NotJson(offset, `the key ${text} is given twice`);
  top.keys.add(key);
  tokens.advance();
  tokens.need(':', "':'");
  return key;
}

/** The tokens of a JSON text, one at a time. At the end, or at an invalid token, `next` is empty. */
class Tokens {
  next = { text: '', offset: 0 };
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.advance();
  }

  advance(): void {
    space.lastIndex = this.next.offset + this.next.text.length;
    space.test(this.text);
    token.lastIndex = space.lastIndex;
    this.next = { offset: space.lastIndex, text: token.exec(this.text)?.[0] ?? '' };
  }

  take(text: string): boolean {
    if (this.next.text !== text) return false;
    this.advance();
    return true;
  }

  need(text: string, expected: string): void {
    if (!this.take(text)) throw this.fault(expected);
  }

  needEnd(): void {
    if (this.next.offset < this.text.length) throw this.fault('the end of the file');
  }

  fault(expected: string): NotJson {
    const { offset } = this.next;
    if (offset === this.text.length) return new NotJson(offset, `it ends where ${expected} should be`);
    const found = JSON.stringify(this.text.slice(offset, offset + 12).split('\n', 1)[0]);
    return new NotJson(offset, `${expected} should be where ${found} is`);
  }
}
