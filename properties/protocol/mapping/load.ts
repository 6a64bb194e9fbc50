import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { followsProtocol } from '../../../models/checking/refinement/follows-protocol.ts';
import { addressOf, bundled } from '../../../models/mutants/bundle.ts';
import type { MappingMutant } from './mutants/mappingMutant.ts';

const folder = new URL('../../../models/checking/refinement/', import.meta.url);

/** The property follows-protocol with a mapping that has this mistake. It shares no state with the real one. */
export async function loadMapping({
  name,
  file,
  find,
  replace,
}: MappingMutant): Promise<typeof followsProtocol> {
  const source = readFileSync(new URL(file, folder), 'utf8');
  const [before = '', after, ...more] = source.split(find);
  if (after === undefined || more.length > 0)
    throw new Error(
      `The mutant ${name} is stale: ${file} has what it replaces ${more.length} times more, or not at all.`,
    );
  const path = fileURLToPath(new URL(file, folder));
  const { code } = await bundled(new Map([[path, before + replace + after]]), {
    entryPoints: [fileURLToPath(new URL('follows-protocol.ts', folder))],
  });
  const loaded: unknown = await import(/* @vite-ignore */ addressOf(code));
  if (!isMapping(loaded)) throw new Error(`With the mutant ${name}, follows-protocol is missing.`);
  return loaded.followsProtocol;
}

function isMapping(value: unknown): value is { readonly followsProtocol: typeof followsProtocol } {
  if (typeof value !== 'object' || value === null || !('followsProtocol' in value)) return false;
  const { followsProtocol: loaded } = value;
  return typeof loaded === 'object' && loaded !== null && 'check' in loaded;
}
