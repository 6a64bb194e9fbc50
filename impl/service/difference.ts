import { Tree } from '../tree/tree.ts';
import { kindOf } from './applied.ts';
import { pathTo } from './kept.ts';

/**
 * Where two values first differ, in a sentence such as `state.count is 1, and then 2`; undefined if they are equal. Maps, Sets,
 * Trees and the visible fields of objects count, and 0 differs from -0. Objects with a method `equals` are asked.
 */
export function difference(
  one: unknown,
  other: unknown,
  name: string,
  then = 'and then',
): string | undefined {
  if (Object.is(one, other)) return undefined;
  if (!isObject(one) || !isObject(other) || Object.getPrototypeOf(one) !== Object.getPrototypeOf(other))
    return `${name} is ${shown(one)}, ${then} ${shown(other)}`;
  if (one instanceof Tree && other instanceof Tree && one.digest === other.digest) return undefined;
  if ('equals' in one && typeof one.equals === 'function')
    return one.equals(other) === true ? undefined : `${name} is another, ${then} ${shown(other)}`;
  const before = partsIn(one);
  const after = partsIn(other);
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const found = difference(before.get(key), after.get(key), name + stepTo(one, key), then);
    if (found !== undefined) return found;
    if (before.has(key) !== after.has(key)) return `${name + stepTo(one, key)} is not in both`;
  }
  // What an object hides, as a Date does, shows at most in its text.
  return before.size > 0 || String(one) === String(other)
    ? undefined
    : `${name} is ${String(one)}, ${then} ${String(other)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function partsIn(value: object): ReadonlyMap<unknown, unknown> {
  if (value instanceof Map) return value;
  if (value instanceof Set) return new Map([...value].map((part) => [part, part]));
  if (value instanceof Tree) return new Map(value.entries());
  return new Map(Object.entries(value));
}

function stepTo(value: object, key: unknown): string {
  if (Array.isArray(value)) return `[${key}]`;
  return typeof key === 'string' && !(value instanceof Map || value instanceof Tree)
    ? pathTo(key)
    : `.get(${shown(key)})`;
}

/** A value for an error message: its JSON if that is short, or its kind. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (isObject(value) && ![Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)))
    return `an object of ${value.constructor?.name ?? 'no class'}`;
  try {
    const text = JSON.stringify(value) ?? kindOf(value);
    return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
  } catch {
    return kindOf(value);
  }
}
