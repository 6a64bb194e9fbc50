import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { service as counters } from '../../impl/examples/counter.ts';
import { service as jobs } from '../../impl/examples/jobs.ts';
import { service as locks } from '../../impl/examples/locks.ts';
import type { InputOf, Service } from '../../impl/index.ts';
import { checkService } from '../../impl/testing/checkService.ts';
import { arbitraryOfSchema } from '../../impl/testing/schemaArbitrary.ts';
import { simulatedGroup } from '../../impl/testing/simulatedGroup.ts';
import { seed } from '../seed.ts';

/** The operations that the service's schema describes. Those that it rejects are left out where they are used. */
function operationsOf({ schema }: Service): fc.Arbitrary<unknown> {
  const made = schema === undefined ? 'it has no schema' : arbitraryOfSchema(fc, schema);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

describe('the example services', () => {
  test.each<[string, Service]>([
    ['counters', counters],
    ['locks', locks],
    ['jobs', jobs],
  ])('keep their contract: %s', async (_, service) => {
    await checkService(service, { seed, runs: 20 });
  });

  test.each<[string, Service]>([
    ['counters', counters],
    ['locks', locks],
    ['jobs', jobs],
  ])('accept most of the operations that are drawn from their schemas: %s', (_, service) => {
    const drawn = fc.sample(operationsOf(service), { seed, numRuns: 200 });
    const accepted = drawn.filter((one) => service.validate(JSON.parse(JSON.stringify(one))) === undefined);
    expect(accepted.length).toBeGreaterThan(150);
  });

  test('counters stay within their limits', async () => {
    const group = simulatedGroup({ service: counters });
    const add = (by: number) => group.request({ type: 'add', counter: 'a', by });
    expect(
      await group.run(async () => [await add(100), await add(1), await add(-100), await add(-1)]),
    ).toEqual([
      { value: 100, done: true },
      { value: 100, done: false },
      { value: 0, done: true },
      { value: 0, done: false },
    ]);
  });

  test('a lock has one holder at a time, and the next one has a greater token', async () => {
    const group = simulatedGroup({ service: locks });
    const acquire = (owner: string) => group.request({ type: 'acquire', lock: 'a', owner, lease: 1_000 });
    await group.run(async () => {
      expect([await acquire('ann'), await acquire('bob'), await acquire('ann')]).toEqual([1, null, 1]);
      group.crash(0);
      expect(await acquire('bob')).toBeNull();
    });
    await group.advance(1_500);
    await group.run(async () => {
      expect(await acquire('bob')).toBe(2);
      expect(await group.request({ type: 'release', lock: 'a', token: 1 })).toBe(false);
      expect(await group.request({ type: 'holder', lock: 'a' })).toMatchObject({ owner: 'bob', token: 2 });
      expect(await group.request({ type: 'release', lock: 'a', token: 2 })).toBe(true);
      expect(await acquire('eve')).toBe(3);
    });
  });

  test('a job whose worker falls silent is taken again, and only the later attempt counts', async () => {
    const group = simulatedGroup({ service: jobs, seed: 7 });
    const take = () => group.request({ type: 'take', lease: 1_000 });
    await group.run(() => group.request({ type: 'put', work: 'sweep' }));
    expect(await group.run(take)).toMatchObject({ id: 1, work: 'sweep', attempt: 1 });
    expect(await group.run(take)).toBeNull();
    await group.advance(1_500);
    await group.run(async () => {
      expect(await take()).toMatchObject({ id: 1, attempt: 2 });
      expect(await group.request({ type: 'done', id: 1, attempt: 1 })).toBe(false);
      expect(await group.request({ type: 'done', id: 1, attempt: 2 })).toBe(true);
      expect(await group.request({ type: 'size' })).toBe(0);
    });
  });
});

test('the types of operations and results follow from the definition', () => {
  const operation: InputOf<NonNullable<typeof locks.schema>> = { type: 'holder', lock: 'a' };
  const token: NonNullable<typeof jobs.types>['result'] = null;
  expect([locks.validate(operation), token]).toEqual([undefined, null]);
});
