import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Starts with the files that take longest, though they are short: else one worker would run them alone in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      /\/evidence\/|\/catalogue|\.slow\.test/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['properties/**/*.test.ts'],
    setupFiles: ['properties/seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
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
