import { describe, expect, test } from 'vitest';
import { tryStorageWith } from '../../models/storage/loadMutant.ts';
import { storageMutants } from '../../models/storage/mutants/index.ts';
import { tryStorage } from '../../models/storage/tryStorage.ts';

test('the storage loses nothing at any moment at which its machine stops, fails or is corrupted', async () => {
  const counts = await tryStorage(1);
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(500);
}, 300_000);

describe('a test of the storage at each moment', () => {
  test.each(storageMutants)(
    'notices the mutant $name',
    async ({ name, edits }) => {
      const tryMutant = await tryStorageWith(name, edits);
      await expect(tryMutant(1)).rejects.toThrow();
    },
    300_000,
  );
});
