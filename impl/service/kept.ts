import type { Json } from '../tree/json.ts';
import { Tree } from '../tree/tree.ts';

/** Where in a value something is that cannot be kept, and what it is. */
interface Found {
  readonly path: string;
  readonly what: string;
}

/** Deeper values would exhaust the stack where they are written. */
const deepest = 1000;

/**
 * What in the value would not come back from JSON as it was, with its path and what to do about it; undefined if all of it
 * would. `name` stands for the value: `state.accounts is a Map: use a plain object or a Tree`. Parts that are known to be kept
 * are skipped.
 */
export function unkept(
  value: unknown,
  name: string,
  isKnown: (part: object) => boolean = () => false,
  most = deepest,
): string | undefined {
  const found = unkeptIn(value, [], isKnown, most);
  return found && `${name}${found.path} ${found.what}`;
}

/** Whether the value would come back from JSON as it was. */
export function isJson(value: unknown): value is Json {
  return unkept(value, '') === undefined;
}

/** What in the initial state of a service no checkpoint can keep. With `snapshot` the state may be anything. */
export function unkeptState(
  service: { readonly snapshot?: unknown },
  state: unknown,
  name: string,
  isKnown?: (part: object) => boolean,
): string | undefined {
  if (service.snapshot !== undefined || state instanceof Tree) return undefined;
  return unkept(state, name, isKnown);
}

function unkeptIn(
  value: unknown,
  above: object[],
  isKnown: (part: object) => boolean,
  most: number,
): Found | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'string':
      return value.isWellFormed() ? undefined : here('has half a character: cut texts between characters');
    case 'number':
      return Number.isFinite(value) ? undefined : here(`is ${value}: JSON has no such number, use null`);
    case 'undefined':
      return here('is undefined: leave it out, or use null');
    case 'bigint':
      return here('is a bigint: use its decimal text');
    case 'function':
    case 'symbol':
      return here(`is a ${typeof value}: keep data only`);
    case 'object':
      if (value === null || isKnown(value)) return undefined;
      if (above.includes(value)) return here('contains itself: use names or numbers to refer to things');
      if (above.length >= most) return here(`is nested more than ${most} deep`);
      return unkeptInParts(value, above, isKnown, most);
  }
}

function unkeptInParts(
  value: object,
  above: object[],
  isKnown: (part: object) => boolean,
  most: number,
): Found | undefined {
  const isList = Array.isArray(value);
  if (!isList) {
    const what = whyNotPlain(value);
    if (what !== undefined) return here(what);
  }
  above.push(value);
  if (isList) {
    for (let index = 0; index < value.length; index++) {
      const part: unknown = value[index];
      if (part === undefined && !(index in value))
        return within(`[${index}]`, here('is missing: fill lists'));
      const found = unkeptIn(part, above, isKnown, most);
      if (found !== undefined) return within(`[${index}]`, found);
    }
  } else {
    for (const [name, part] of Object.entries(value)) {
      const found = name.isWellFormed()
        ? unkeptIn(part, above, isKnown, most)
        : here('has half a character in its name');
      if (found !== undefined) return within(pathTo(name), found);
    }
  }
  above.pop();
  return undefined;
}

/** Why an object is no plain one, and what to use instead. */
function whyNotPlain(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return 'has no prototype: copy it, { ...it }';
  if (prototype !== Object.prototype) {
    const name = value.constructor?.name || 'class';
    return isForeignTree(value)
      ? `is ${foreignTree}`
      : `is ${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}: ${instead(name)}`;
  }
  return Object.getOwnPropertySymbols(value).length === 0
    ? undefined
    : 'has a name that is a symbol: use a text';
}

/** What a Tree is that another copy of this code has made, and what to do about it. */
export const foreignTree =
  'a Tree of another copy of the package viewstamped: install one copy alone, which npm ls viewstamped shows';

/** Whether another copy of this code has made this Tree. Its parts have other classes, so that it does not work here. */
export function isForeignTree(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Tree) return false;
  return value.constructor?.name === 'Tree' && 'digest' in value && 'asMutable' in value;
}

function instead(name: string): string {
  switch (name) {
    case 'Map':
      return 'use a plain object or a Tree';
    case 'Set':
      return 'use a list, or a plain object';
    case 'Date':
      return 'use its milliseconds';
    case 'Promise':
      return 'apply cannot wait, so do such work before the request';
    case 'Tree':
      return 'make the Tree the whole state, or give snapshot and restore';
    default:
      return 'use a plain object, or give snapshot and restore';
  }
}

function here(what: string): Found {
  return { path: '', what };
}

function within(step: string, { path, what }: Found): Found {
  return { path: step + path, what };
}

/** The step of a path from an object to the part of this name. */
export function pathTo(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
