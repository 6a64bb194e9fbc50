import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operationsOf, tryCrash, tryFailure, tryTornCopy } from '../../models/storage/crashes.ts';
import { histories } from '../../models/storage/tryStorage.ts';
import { writerActions } from './smallDisk.ts';

/** Every kind of write but the last ones: members and halts. */
const [history = []] = histories;

test.each([
  [1, 2048],
  [3, 2048],
  [2, 16384],
])(
  'a power cut before any operation loses no durable write, with %i writes at once and segments of %i bytes',
  async (together, segmentBytes) => {
    const counts = { new: 0, before: 0, after: 0 };
    const operations = await operationsOf(history, together, segmentBytes);
    for (let at = 1; at <= operations + 1; at++)
      for (const kept of ['none', 'all', 'process', at] as const)
        try {
          counts[await tryCrash(history, { at, together, segmentBytes, kept })]++;
        } catch (error) {
          throw new Error(`before operation ${at}, where the disk keeps ${kept}`, { cause: error });
        }
    process.stdout.write(`${operations} operations: ${JSON.stringify(counts)}\n`);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(10);
  },
  60_000,
);

test('a power cut at a drawn moment of a drawn history loses no durable write', async () => {
  const cuts = fc.record({
    actions: fc.array(writerActions, { minLength: 1, maxLength: 12 }),
    at: fc.integer({ min: 1, max: 200 }),
    together: fc.integer({ min: 1, max: 4 }),
    segmentBytes: fc.constantFrom(1024, 2048, 8192),
    kept: fc.oneof(fc.constantFrom('none' as const, 'all' as const, 'process' as const), fc.nat(1000)),
  });
  await fc.assert(
    fc.asyncProperty(cuts, async ({ actions, ...cut }) => {
      const operations = await operationsOf(actions, cut.together, cut.segmentBytes);
      await tryCrash(actions, { ...cut, at: 1 + (cut.at % (operations + 1)) });
    }),
    { numRuns: 200, endOnFailure: true },
  );
}, 60_000);

test('a second power cut, before any operation of the opening after one that tore both slots of the view, loses no view', async () => {
  for (const each of histories) expect(await tryTornCopy(each, 2048)).toBeGreaterThan(100);
}, 60_000);

test.each(['ENOSPC', 'EIO'])(
  'an operation that fails with %s ends all writing, and loses no durable write',
  async (code) => {
    const [together, segmentBytes] = [2, 2048];
    const counts = { failed: 0, unaffected: 0 };
    const operations = await operationsOf(history, together, segmentBytes);
    for (let at = 1; at <= operations; at++)
      try {
        counts[await tryFailure(history, { at, together, segmentBytes, code })]++;
      } catch (error) {
        throw new Error(`operation ${at}`, { cause: error });
      }
    process.stdout.write(`${operations} operations, ${code}: ${JSON.stringify(counts)}\n`);
    expect(counts.failed).toBeGreaterThan(operations / 2);
  },
);
