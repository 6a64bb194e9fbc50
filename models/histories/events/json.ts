import type { Json } from '../../../impl/index.ts';

/** A value as JSON text with sorted names. Two values are equal exactly if their texts are. */
export function textOf(value: Json): string {
  if (isList(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`).join()}}`;
}

/** Whether two values are equal, whatever the order of their names. */
export function same(one: Json, other: Json): boolean {
  return one === other || (typeof one === 'object' && textOf(one) === textOf(other));
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}
