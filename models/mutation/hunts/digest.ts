import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { propertySets } from '../../checking/properties.ts';
import { patchedSources } from '../../mutants/load.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { clock } from './clock.ts';

/** The settings of all hunts of a mutation run. */
export interface Settings {
  readonly properties: keyof typeof propertySets;
  /** The time limit of each hunt, by `clock`. */
  readonly seconds: number;
}

/**
 * For each mutant, by name, a digest of everything but the seed on which the result of a hunt depends: the implementation,
 * the edits, the code that hunts, and the settings. Comments, layout and other mutants make no difference. Throws a
 * `StaleMutantError` where a mutant does not fit the implementation.
 */
export async function digestsOf(
  mutants: readonly Mutant[],
  { properties, seconds }: Settings,
): Promise<ReadonlyMap<string, string>> {
  const hunter = await codeOfHunter();
  return new Map(
    mutants.map(({ name, edits }) => {
      patchedSources(name, edits);
      const what = JSON.stringify([hunter, edits, properties, seconds, clock]);
      return [name, createHash('sha256').update(what).digest('hex').slice(0, 16)];
    }),
  );
}

/** Thrown when the implementation or the code that hunts has changed since the mutation run began. */
export class CodeChanged extends Error {
  override readonly name = 'CodeChanged';

  constructor() {
    super(
      'The implementation or the code that hunts has changed since the run began. Earlier results are kept, but do not ' +
        'count for the present code.',
    );
  }
}

/** All code that takes part in a hunt, with the implementation and all packages, as one text. */
async function codeOfHunter(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('timedHunt.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join();
}
