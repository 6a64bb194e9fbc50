import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Checkpoint, noEnd, Tree } from '../../impl/index.ts';
import { filesIn, put, scratch } from './corruptions.ts';
import { withStorage } from './outcome.ts';
import { openSmall } from './smallDisk.ts';
import { readFrom } from './tampering.ts';

const folder = scratch();
const directory = join(folder, 'replica');
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const name = 'checkpoint-0000000000000001';
const few = Array.from({ length: 200 }, (_, index) => [`key ${index}`, `ä${index} `.repeat(9_000)] as const);
/** More than is read at once. */
const large = ['large', 'x'.repeat(5_000_000)] as const;
const state = Tree.empty().with([...few, large]);

async function written(changes: Partial<Checkpoint>): Promise<void> {
  const checkpoint = { ...noEnd, opNumber: 1, state, table: Tree.empty(), ...changes };
  await withStorage(openSmall(directory), (storage) =>
    storage.write([
      { type: 'checkpoint', checkpoint, base: checkpoint.opNumber },
      { type: 'viewRecord', viewNumber: 0, lastNormalView: 0, commitNumber: 1 },
      { type: 'end', write: 0 },
    ]),
  );
}

test('A checkpoint that is larger than what is read at once is read whole, a value that is larger among the others', async () => {
  await written({});
  const { image, findings } = await readFrom(directory);
  expect(findings).toBe('');
  expect(image.checkpoint?.state.digest).toBe(state.digest);
  expect([image.checkpoint?.state.size, image.checkpoint?.state.root?.weight]).toEqual([
    201,
    state.root?.weight,
  ]);
  for (const [key, value] of [...few, large]) expect(image.checkpoint?.state.get(key)).toBe(value);
});

test('A checkpoint that is larger than what is read at once counts for nothing if any byte of it is another, or the last is gone', async () => {
  await written({});
  const whole = filesIn(directory);
  const bytes = whole.get(name);
  expect(bytes?.length).toBeGreaterThan(8 * 2 ** 20);
  if (bytes === undefined) return;
  for (const place of [200, bytes.length >> 1, bytes.length - 9]) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    put(new Map([...whole, [name, changed]]), directory);
    expect((await readFrom(directory)).findings).toContain('neither the checkpoint nor the log');
  }
  put(new Map([...whole, [name, bytes.subarray(0, -1)]]), directory);
  expect((await readFrom(directory)).findings).toContain('neither the checkpoint nor the log');
});

test('A checkpoint whose client-table has a row that is none counts for nothing', async () => {
  await written({ table: Tree.empty().set('c', { session: 'none' }) });
  expect((await readFrom(directory)).findings).toContain('its client-table is malformed');
});

test('A file with the changes of a checkpoint is read over the one before it: a name that is gone, another value, and a new name', async () => {
  await written({});
  const changed = state.delete('large').set('key 1', 'other').set('new', 1);
  await written({ opNumber: 2, state: changed });
  expect(filesIn(directory).has('checkpoint-0000000000000002')).toBe(true);
  const { image, findings } = await readFrom(directory);
  expect([findings, image.checkpoint?.state.size]).toEqual(['', 201]);
  expect([image.checkpoint?.state.digest, image.checkpoint?.state.get('key 1')]).toEqual([
    changed.digest,
    'other',
  ]);
});
