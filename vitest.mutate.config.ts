import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // stryker.config.json builds these from properties/generated-mutants/. The tree awaits its hash function while it is loaded,
    // so the bundle must have no import circle: modules that await each other would hang.
    include: ['dist/mutation/*.js'],
    exclude: [],
    // A mutant is killed or not, whenever it is tried.
    env: { VIEWSTAMPED_SEED: '1' },
    isolate: false,
    testTimeout: 120_000,
    allowOnly: false,
  },
});
