import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { arbitraryOfSchema } from '../../impl/testing/schemaArbitrary.ts';
import { seed } from '../seed.ts';

test.each<[string, z.ZodType]>([
  ['a constant', z.literal(7)],
  ['choices', z.enum(['a', 'b'])],
  ['null, or a truth value', z.union([z.null(), z.boolean()])],
  ['whole numbers', z.int().min(-3).max(5)],
  ['large whole numbers', z.int().gt(1_000_000)],
  ['numbers', z.number().gt(0).lte(0.5)],
  ['texts', z.string().min(2).max(5)],
  ['texts with a pattern', z.string().regex(/^[a-f]{3}-\d+$/)],
  ['lists', z.array(z.int().min(0)).min(1).max(3)],
  ['tuples', z.tuple([z.literal('pay'), z.int()])],
  ['objects', z.strictObject({ a: z.int(), b: z.string().optional() })],
  ['records', z.record(z.string(), z.boolean())],
  [
    'objects of one of several kinds',
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('x') }),
      z.strictObject({ type: z.literal('y'), n: z.int() }),
    ]),
  ],
  ['anything', z.json()],
])('draws what a schema describes, and nothing else: %s', (_, schema) => {
  const arbitrary = arbitraryOfSchema(fc, schema);
  if (typeof arbitrary === 'string') throw new Error(arbitrary);
  const drawn = fc
    .sample(arbitrary, { seed, numRuns: 100 })
    .map((value) => JSON.parse(JSON.stringify(value)));
  expect(drawn.filter((value) => !schema.safeParse(value).success)).toEqual([]);
});

test('draws a type that contains itself, where it can end', () => {
  const tree: z.ZodType = z.strictObject({
    name: z.string(),
    get parts() {
      return z.array(tree);
    },
  });
  const arbitrary = arbitraryOfSchema(fc, tree);
  if (typeof arbitrary === 'string') throw new Error(arbitrary);
  const drawn = fc.sample(arbitrary, { seed, numRuns: 100 }).map((value) => JSON.stringify(value));
  expect(drawn.filter((value) => !tree.safeParse(JSON.parse(value)).success)).toEqual([]);
  expect(drawn.some((value) => value.split('name').length > 3)).toBe(true);
});

test('says why it cannot draw', () => {
  const endless: z.ZodType = z.object({
    get next() {
      return endless;
    },
  });
  expect(arbitraryOfSchema(fc, endless)).toMatch(
    /operation(?:\.next)+ is described by a type that contains itself/,
  );
  const plain = {
    '~standard': { version: 1, vendor: 'mine', validate: (value: unknown) => ({ value }) },
  } as const;
  expect(arbitraryOfSchema(fc, plain)).toBe('a schema of mine does not tell its values in JSON Schema');
});
