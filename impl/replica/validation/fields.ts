/** How deep an operation may be nested: whoever compares or prints it may do so by recursion. */
export const maxDepth = 64;

/** About how many characters it has, or NaN unless it would come back unchanged from any wire or disk. */
export function charsOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return lengthOf(value);
  if (value === null || typeof value === 'boolean') return atom;
  if (typeof value === 'number') return Number.isFinite(value) ? atom : Number.NaN;
  if (typeof value !== 'object' || depth === 0) return Number.NaN;
  const parts = Object.entries(value);
  const isPlain = Array.isArray(value)
    ? parts.length === value.length
    : Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return Number.NaN;
  return parts.reduce((sum, [name, part]) => sum + lengthOf(name) + charsOf(part, depth - 1), atom);
}

/** Halves of surrogate pairs are lost where texts are written as UTF-8. */
function lengthOf(text: string): number {
  return text.isWellFormed() ? text.length : Number.NaN;
}

/** What everything but a string counts as. */
const atom = 8;

/** Why the value is no number of a view, an entry or a request, or undefined if it may be one. */
export function notWhole(name: string, value: number): string | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? undefined : `${name} must be a whole number from 0`;
}
