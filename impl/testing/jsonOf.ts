import { isJson, unkept } from '../service/kept.ts';
import type { Json } from '../tree/json.ts';

/** The value, which must be JSON. Throws a TypeError that says what in it is not. */
export function jsonOf(value: unknown, name: string): Json {
  if (isJson(value)) return value;
  throw new TypeError(unkept(value, name) ?? `${name} is no JSON value`);
}

/** A drawn value as a group receives it: objects without a prototype, and undefined members, do not arrive as such. */
export function arriving(value: unknown): Json {
  return jsonOf(JSON.parse(JSON.stringify(value) ?? 'null'), 'operation');
}
