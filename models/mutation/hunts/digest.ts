import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { propertySets } from '../../checking/properties.ts';
import { patchedSources } from '../../mutants/load.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { clock } from './clock.ts';

/** What all hunts of a mutation run have in common. */
export interface Settings {
  readonly properties: keyof typeof propertySets;
  /** How long each may hunt. */
  readonly seconds: number;
}

/**
 * For each mutant a digest of all on which the result of a hunt depends but its seed: the implementation, the edits,
 * everything that hunts, and the settings. Comments and layout make no difference, and neither do other mutants.
 * Throws a `StaleMutantError` where a mutant does not fit the implementation.
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

/** Thrown where what is hunted, or what hunts, is not any more what it was when the mutation run began. */
export class CodeChanged extends Error {
  override readonly name = 'CodeChanged';

  constructor() {
    super(
      'The implementation or the code that hunts has been changed meanwhile. What was done before is kept, but does not ' +
        'count for the code as it is now.',
    );
  }
}

/** The code of whatever takes part in a hunt, the implementation and all packages included, in one piece. */
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
