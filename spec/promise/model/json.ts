/** A JSON value: the form of operations and results. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Whether JSON can carry the value. */
export function isJson(value: unknown): value is Json {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  return Object.values(value).every(isJson);
}

/** Whether two values are equal, whatever the order of an object's keys. Undefined equals only itself. */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return false;
  if (isList(one)) return isList(other) && sameList(one, other);
  return !isList(other) && sameRecord(one, other);
}

/** Whether the value is a list. (`Array.isArray` alone would lose the type of its elements.) */
export function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function sameList(one: readonly Json[], other: readonly Json[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (!sameItem(one[index], other[index])) return false;
  return true;
}

function sameRecord(one: { readonly [key: string]: Json }, other: { readonly [key: string]: Json }): boolean {
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  for (const key of keys) if (!Object.hasOwn(other, key) || !sameItem(one[key], other[key])) return false;
  return true;
}

function sameItem(one: Json | undefined, other: Json | undefined): boolean {
  return one !== undefined && other !== undefined && sameJson(one, other);
}
