import { z } from 'zod';

/*
 * The Informal Trace Format as it is published: https://apalache-mc.org/docs/adr/015adr-trace.html. JSON numbers are no expressions,
 * and neither are values that cannot be serialized, which "should not occur in normal traces".
 */

type Expression =
  | string
  | boolean
  | Expression[]
  | { [name: string]: Expression | Expression[] | [Expression, Expression][] };

const expression: z.ZodType<Expression> = z.lazy(() =>
  z.union([
    z.string(),
    z.boolean(),
    z.array(expression),
    z.strictObject({ '#bigint': z.string().regex(/^-?[0-9]+$/) }),
    z.strictObject({ '#tup': z.array(expression) }),
    z.strictObject({ '#set': z.array(expression).refine(areDistinct, 'a set has an element twice') }),
    z.strictObject({
      '#map': z
        .array(z.tuple([expression, expression]))
        .refine((pairs) => areDistinct(pairs.map(([key]) => key)), 'a map has a key twice'),
    }),
    // A record or a variant.
    z.record(z.string().regex(/^[^#]/), expression),
  ]),
);

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values.map(canonical)).size === values.length;
}

/** The same text for objects that differ in the order of their fields only, and for sets that differ in that of their elements. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) =>
    name === '#set' && Array.isArray(field)
      ? `${name}:${field.map(canonical).sort().join()}`
      : `${name}:${canonical(field)}`,
  );
  return `{${fields.sort().join()}}`;
}

const meta = z.record(z.string(), z.unknown());

/** A trace. With `varTypes`, as Apalache demands it of a trace that it is to read. */
export const itfSchema = z
  .strictObject({
    '#meta': z.looseObject({ varTypes: z.record(z.string(), z.string()) }),
    params: z.array(z.string()).optional(),
    vars: z.array(z.string()).refine(areDistinct, 'a variable is named twice'),
    states: z.array(z.object({ '#meta': meta.optional() }).catchall(expression)).min(1),
    loop: z.int().min(0).optional(),
  })
  .refine(
    ({ '#meta': { varTypes }, vars, states }) =>
      [varTypes, ...states].every((one) => {
        const names = Object.keys(one).filter((name) => name !== '#meta');
        return names.length === vars.length && vars.every((name) => names.includes(name));
      }),
    'the variables of a state are not those of the trace',
  );
