import { expect, test } from 'vitest';

/** What judges mutants is bundled into one file: to load it anew for every mutant is most of the work. */
let failure: unknown;
try {
  await import('./parts.ts');
} catch (error) {
  failure = error;
}

// A file that cannot be loaded holds no tests, and where no test fails a mutant would be thought to live.
test('all parts can be loaded', () => {
  expect(failure).toBeUndefined();
});
