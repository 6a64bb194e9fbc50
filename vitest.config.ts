import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['properties/**/*.test.ts'],
    setupFiles: ['properties/seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Counts and events bound the work of every test. These limits end only a test that hangs, on the slowest machine too.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    // A test left focused by mistake would silence all the others.
    allowOnly: false,
    reporters: ['default'],
    coverage: {
      provider: 'v8',
      include: ['impl/**/*.ts'],
      reporter: ['text', 'json-summary'],
    },
  },
});
