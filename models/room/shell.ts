import { fileURLToPath } from 'node:url';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { clusterOf } from '../../impl/node/cluster/cluster.ts';
import { serve } from '../../impl/node/serve.ts';
import { keyValueService } from '../../impl/service/keyValue.ts';
import { addressOf, bundled } from '../mutants/bundle.ts';
import { patchedSources } from '../mutants/load.ts';
import type { Edit } from '../mutants/mutant.ts';

/** What the room runs of the implementation. */
export interface Shell {
  readonly serve: typeof serve;
  readonly ClusterClient: typeof ClusterClient;
  readonly clusterOf: typeof clusterOf;
  readonly keyValueService: typeof keyValueService;
}

/** The shell as it is. */
export const realShell: Shell = { serve, ClusterClient, clusterOf, keyValueService };

const entryPoint = `
export { ClusterClient } from './node/client/clusterClient.ts';
export { clusterOf } from './node/cluster/cluster.ts';
export { serve } from './node/serve.ts';
export { keyValueService } from './service/keyValue.ts';
`;

/** Packages that every shell shares. The others are bundled. */
const shared = [
  'zod',
  'immutable',
  '@msgpack/msgpack',
  'xxhash-wasm',
  '@opentelemetry/api',
  'yaml',
  'fs-native-extensions',
];

/** The shell with these edits of its source, as it is on disk now. Throws a StaleMutantError if they do not apply. */
export async function shellWith(name: string, edits: readonly Edit[]): Promise<Shell> {
  const implementation = fileURLToPath(new URL('../../impl/', import.meta.url));
  const sources = patchedSources(name, edits);
  const byPath = new Map([...sources].map(([file, text]) => [`${implementation}${file}`, text]));
  const alias = Object.fromEntries(shared.map((one) => [one, import.meta.resolve(one)]));
  const { code } = await bundled(byPath, {
    stdin: { contents: entryPoint, resolveDir: implementation },
    ...{ alias, external: Object.values(alias) },
    footer: { js: `//# sourceURL=shell-with-${name}.js` },
  });
  const loaded: unknown = await import(/* @vite-ignore */ addressOf(code));
  if (isShell(loaded)) return loaded;
  throw new Error(`With the mutant ${name}, impl/ does not export what the room runs.`);
}

function isShell(value: unknown): value is Shell {
  if (typeof value !== 'object' || value === null) return false;
  const exported = new Map(Object.entries(value));
  return Object.entries(realShell).every(([name, real]) => typeof exported.get(name) === typeof real);
}
