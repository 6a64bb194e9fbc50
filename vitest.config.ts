import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['properties/**/*.test.ts'],
    setupFiles: ['properties/seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
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
