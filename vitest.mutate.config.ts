import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What stryker.config.json builds from properties/generated-mutants/ with the mutants in it. The tree stays outside the bundle:
    // it waits for its hash while it is loaded, and a bundle whose parts import each other in a circle waits for ever.
    include: ['dist/mutation/*.js'],
    exclude: [],
    // A mutant is killed or not, whenever it is tried.
    env: { VIEWSTAMPED_SEED: '1' },
    isolate: false,
    testTimeout: 120_000,
    allowOnly: false,
  },
});
