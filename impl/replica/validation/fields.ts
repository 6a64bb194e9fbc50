import type { RejectReason } from '../data/reasons.ts';

/** How deep an operation may be nested. Code that compares or prints one may recurse. */
export const maxDepth = 64;

/**
 * How many characters the value has as JSON, or NaN unless it is JSON, nested at most `depth` deep, that any wire or disk gives
 * back unchanged.
 */
export function charsOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return lengthOf(value);
  if (value === null || typeof value === 'boolean') return value === false ? 5 : 4;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value).length : Number.NaN;
  if (typeof value !== 'object' || depth === 0) return Number.NaN;
  const parts = Object.entries(value);
  const isList = Array.isArray(value);
  const isPlain = isList ? parts.length === value.length : Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return Number.NaN;
  // Two brackets, and a comma between two parts.
  const around = Math.max(2, parts.length + 1);
  return parts.reduce(
    (sum, [name, part]) => sum + (isList ? 0 : lengthOf(name) + 1) + charsOf(part, depth - 1),
    around,
  );
}

/** Characters that JSON writes as they are. */
const plain = /^[ !#-[\]-~]*$/;

/** Halves of surrogate pairs are lost where text is written as UTF-8. */
function lengthOf(text: string): number {
  if (plain.test(text)) return text.length + 2;
  return text.isWellFormed() ? JSON.stringify(text).length : Number.NaN;
}

/** A reason unless the field holds a whole number from 0, as views, entries, requests and times have. */
export function notWhole(field: string, value: number): RejectReason | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? undefined : { code: 'not-a-whole-number', field };
}

/** A reason unless the field holds a name that replicas may keep: a client's identity, or a nonce. */
export function notName(field: string, value: string, max = maxNameChars): RejectReason | undefined {
  return typeof value === 'string' && value !== '' && value.length <= max
    ? undefined
    : { code: 'wrong-length', field, max };
}

/** A reason unless the field holds an incarnation, or a nonce, which begins with one. */
export function notNonce(field: string, value: string): RejectReason | undefined {
  return notName(field, value, maxNonceChars);
}

/** Characters in a nonce: the name of a storage, and two numbers. */
const maxNonceChars = 64;

/** Characters in a name. */
const maxNameChars = 256;

/** The first reason that an item of the list gives. */
export function firstOf<Item>(
  items: readonly Item[],
  reasonOf: (item: Item) => RejectReason | undefined,
): RejectReason | undefined {
  for (const item of items) {
    const reason = reasonOf(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
