import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { followsProtocol } from '../../../models/checking/refinement/follows-protocol.ts';
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
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('follows-protocol.ts', folder))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    logLevel: 'silent',
    packages: 'external',
    plugins: [
      {
        name: 'mistake',
        setup({ onLoad }) {
          onLoad({ filter: /\/refinement\/[^/]+\.ts$/ }, ({ path }) =>
            basename(path) === file ? { contents: before + replace + after, loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  const code = outputFiles.map(({ text }) => text).join('');
  const loaded: unknown = await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  );
  if (!isMapping(loaded)) throw new Error(`With the mutant ${name}, follows-protocol is missing.`);
  return loaded.followsProtocol;
}

function isMapping(value: unknown): value is { readonly followsProtocol: typeof followsProtocol } {
  if (typeof value !== 'object' || value === null || !('followsProtocol' in value)) return false;
  const { followsProtocol: loaded } = value;
  return typeof loaded === 'object' && loaded !== null && 'check' in loaded;
}
