import type { Arbitrary } from 'fast-check';
import { z } from 'zod';
import type { Schema } from '../service/schema.ts';
import type { Drawing } from './serviceCheck.ts';

/** The parts of JSON Schema that are understood. What else narrows the values is left to `validate`. */
const description = z.looseObject({
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
});
type Description = z.infer<typeof description>;

/** How often a type may contain itself in what is drawn. */
const mostNesting = 3;

/** Where in a schema a description stands. */
interface Place {
  readonly fc: Drawing;
  /** The whole schema, in which references are looked up. */
  readonly root: unknown;
  readonly path: string;
  /** How many references lead here. */
  readonly nesting: number;
}

/** Draws the values that a schema describes; or says in a sentence why it cannot. The schema may accept fewer. */
export function arbitraryOfSchema(fc: Drawing, schema: Schema): Arbitrary<unknown> | string {
  const { vendor, jsonSchema } = schema['~standard'];
  if (jsonSchema === undefined) return `a schema of ${vendor} does not tell its values in JSON Schema`;
  try {
    const root = jsonSchema.input({ target: 'draft-2020-12' });
    return drawn({ fc, root, path: 'operation', nesting: 0 }, root);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function drawn(place: Place, given: unknown): Arbitrary<unknown> {
  const { fc, path } = place;
  if (given === undefined || given === true) return fc.jsonValue();
  const parsed = description.safeParse(given);
  if (!parsed.success) throw new Error(`${path} is described by what cannot be drawn`);
  const { data } = parsed;
  if (data.$ref !== undefined) return referred(place, data.$ref);
  if (data.const !== undefined) return fc.constant(data.const);
  if (data.enum !== undefined) return fc.constantFrom(...data.enum);
  const branches = data.anyOf ?? data.oneOf;
  if (branches !== undefined) return oneOf(place, branches);
  if (Array.isArray(data.type))
    return oneOf(
      place,
      data.type.map((type) => ({ ...data, type })),
    );
  switch (data.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integer(fc, data) ?? fail(`${path} is a whole number between bounds that leave none`);
    case 'number': {
      const whole = integer(fc, data);
      return whole === undefined ? double(fc, data) : fc.oneof(whole, double(fc, data));
    }
    case 'string':
      return text(fc, data);
    case 'array':
      return list(place, data);
    case 'object':
      return object(place, data);
    case undefined:
      return fc.jsonValue();
    default:
      throw new Error(`${path} has the type ${data.type}, which cannot be drawn`);
  }
}

function referred(place: Place, reference: string): Arbitrary<unknown> {
  if (place.nesting === mostNesting)
    throw new Error(`${place.path} is described by a type that contains itself without an end`);
  let found: unknown = place.root;
  for (const step of reference.split('/').slice(1))
    found = typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined;
  return drawn({ ...place, nesting: place.nesting + 1 }, found);
}

/** One of the branches, except for those that would not end. */
function oneOf(place: Place, branches: readonly unknown[]): Arbitrary<unknown> {
  const endings = branches.map((branch) => ending(place, branch));
  const made = endings.filter((one) => typeof one !== 'string');
  if (made.length === 0) throw new Error(String(endings[0]));
  return place.fc.oneof(...made);
}

/** What draws the description, or why nothing does. */
function ending(place: Place, given: unknown): Arbitrary<unknown> | string {
  try {
    return drawn(place, given);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function fail(message: string): never {
  throw new Error(message);
}

function within(place: Place, step: string): Place {
  return { ...place, path: place.path + step };
}

/** Small numbers often, so that they meet. */
function integer(
  fc: Drawing,
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Description,
): Arbitrary<number> | undefined {
  const safe = Number.MAX_SAFE_INTEGER;
  const min = Math.max(-safe, Math.ceil(minimum ?? -safe), Math.floor(exclusiveMinimum ?? -safe - 1) + 1);
  const max = Math.min(safe, Math.floor(maximum ?? safe), Math.ceil(exclusiveMaximum ?? safe + 1) - 1);
  if (min > max) return undefined;
  const low = Math.max(min, Math.min(0, max));
  return fc.oneof(fc.integer({ min: low, max: Math.min(max, low + 9) }), fc.integer({ min, max }));
}

function double(
  fc: Drawing,
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Description,
): Arbitrary<number> {
  const min = minimum ?? exclusiveMinimum;
  const max = maximum ?? exclusiveMaximum;
  return fc.double({
    ...(min === undefined ? {} : { min, minExcluded: minimum === undefined }),
    ...(max === undefined ? {} : { max, maxExcluded: maximum === undefined }),
    noNaN: true,
    noDefaultInfinity: true,
  });
}

/** A few names often, so that operations meet. */
function text(fc: Drawing, { minLength = 0, maxLength, pattern }: Description): Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const length = Math.max(1, minLength);
  const names = fc.constantFrom('a', 'b', 'c').map((name) => name.repeat(length));
  return fc.oneof(names, fc.string({ minLength, ...(maxLength === undefined ? {} : { maxLength }) }));
}

function list(place: Place, data: Description): Arbitrary<readonly unknown[]> {
  const { fc } = place;
  const { items, prefixItems, minItems = 0, maxItems = minItems + 10 } = data;
  if (prefixItems !== undefined)
    return fc.tuple(...prefixItems.map((item, index) => drawn(within(place, `[${index}]`), item)));
  const item = ending(within(place, '[]'), items);
  if (typeof item !== 'string') return fc.array(item, { minLength: minItems, maxLength: maxItems });
  if (minItems === 0) return fc.constant([]);
  throw new Error(item);
}

function object(place: Place, data: Description): Arbitrary<object> {
  const { fc } = place;
  const { properties = {}, required = [], additionalProperties } = data;
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, drawn(within(place, `.${name}`), member)]),
  );
  if (Object.keys(members).length > 0 || additionalProperties === false)
    return fc.record(members, { requiredKeys: [...required] });
  const member = ending(within(place, '.*'), additionalProperties);
  return typeof member === 'string' ? fc.constant({}) : fc.dictionary(fc.constantFrom('a', 'b', 'c'), member);
}
