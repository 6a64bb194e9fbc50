import { expect, test } from 'vitest';

/** The judging tests are bundled into one file, because loading them for every mutant is most of the work. */
let failure: unknown;
try {
  await import('./parts.ts');
} catch (error) {
  failure = error;
}

// A file that cannot be loaded has no tests, and a mutant counts as surviving where no test fails.
test('all parts can be loaded', () => {
  expect(failure).toBeUndefined();
});
