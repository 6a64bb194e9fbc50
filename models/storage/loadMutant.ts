import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressOf, bundled } from '../mutants/bundle.ts';
import { patchedSources } from '../mutants/load.ts';
import type { Edit } from '../mutants/mutant.ts';
import type { tryStorage } from './tryStorage.ts';

const implFolder = fileURLToPath(new URL('../../impl/', import.meta.url));

/** It has native code, and is not needed: the files are simulated. */
const external = { 'fs-native-extensions': import.meta.resolve('fs-native-extensions') };

/** `tryStorage` with these edits in the source of the storage. Throws a StaleMutantError if one no longer fits. */
export async function tryStorageWith(name: string, edits: readonly Edit[]): Promise<typeof tryStorage> {
  const sources = [...patchedSources(name, edits)].map(
    ([file, text]) => [join(implFolder, file), text] as const,
  );
  const { code, unused } = await bundled(new Map(sources), {
    entryPoints: [fileURLToPath(new URL('tryStorage.ts', import.meta.url))],
    alias: external,
    external: Object.values(external),
    footer: { js: `//# sourceURL=storage-with-${name}.js` },
  });
  if (unused.length > 0)
    throw new Error(`The mutant ${name} edits files that the storage does not use: ${unused.join()}.`);
  const loaded: unknown = await import(/* @vite-ignore */ addressOf(code));
  if (triesStorage(loaded)) return loaded.tryStorage;
  throw new Error('The tests of the storage have another name.');
}

function triesStorage(value: unknown): value is { readonly tryStorage: typeof tryStorage } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'tryStorage' in value &&
    typeof value.tryStorage === 'function'
  );
}
