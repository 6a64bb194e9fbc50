import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { servicePlace } from '../../impl/cli/loadService.ts';
import type { Service } from '../../impl/index.ts';
import { isService } from '../../impl/service/definition.ts';
import { type Implementation, realImplementation } from '../world/implementation.ts';
import { addressOf, bundled } from './bundle.ts';
import { type Edit, edited, type RuleChange, StaleMutantError } from './mutant.ts';

/** The exports of an `Implementation`. */
const entryPoint = `
export * from './index.ts';
export { binaryCodec, jsonCodec } from './node/encoding/codec.ts';
export { decodeLeaf, decodeSuffix, encodeSuffix } from './node/encoding/logEncoding.ts';
export { clientMessageSchema, describeIssue, encodeMessage, messageSchema } from './node/encoding/messageSchema.ts';
`;

/** Packages that all implementations share, and where they are. */
const shared: Readonly<Record<string, string>> = {
  zod: import.meta.resolve('zod'),
  immutable: import.meta.resolve('immutable'),
  '@msgpack/msgpack': import.meta.resolve('@msgpack/msgpack'),
};

const implFolder = fileURLToPath(new URL('../../impl/', import.meta.url));

/**
 * Loads the implementation with the edits applied to its source, as it is on disk now; for undefined, the real one. A
 * patched implementation shares no state with the real one, and can be loaded in any thread. `serviceFile`: the module of a user's
 * service, which is loaded with the patched one, so that it makes its Trees.
 */
export async function loadImplementation(
  what: RuleChange | readonly Edit[] | undefined,
  serviceFile?: string,
): Promise<Implementation> {
  if (what === undefined) return realImplementation;
  const mutant = 'edits' in what ? what.name : 'unnamed';
  const edits = 'edits' in what ? what.edits : what;
  const code = await bundle(mutant, patchedSources(mutant, edits), {
    stdin: { contents: `${entryPoint}${exportOf(serviceFile)}`, resolveDir: implFolder },
    // Packages without a state of their own are shared, because bundling and loading them takes most of the time.
    alias: shared,
    external: Object.values(shared),
    // Without it, stack traces would contain the whole data: URL.
    footer: { js: `//# sourceURL=impl-with-${mutant}.js` },
  });
  // A module at a data: URL cannot import packages by name, so the others are bundled too.
  const loaded: unknown = await import(/* @vite-ignore */ addressOf(code));
  if (!isImplementation(loaded))
    throw new Error(`With the mutant ${mutant}, impl/index.ts does not export what it should.`);
  return serviceFile === undefined ? loaded : { ...loaded, fileService: serviceIn(loaded, serviceFile) };
}

function exportOf(serviceFile: string | undefined): string {
  return serviceFile === undefined
    ? ''
    : `export * as fileModule from ${JSON.stringify(resolve(serviceFile))};`;
}

function serviceIn(loaded: object, serviceFile: string): Service {
  const fileModule: unknown = Reflect.get(loaded, 'fileModule');
  const exported = new Map(Object.entries(typeof fileModule === 'object' ? (fileModule ?? {}) : {}));
  const service = exported.get(servicePlace(exported) ?? '');
  if (!isService(service)) throw new Error(`${serviceFile} exports no service.`);
  return service;
}

/** The code of a program with the edits. `main` is its source, as if it stood in impl/cli/. Packages are not bundled. */
export function programWith(name: string, edits: readonly Edit[], main: string): Promise<string> {
  return bundle(name, patchedSources(name, edits), {
    stdin: { contents: main, resolveDir: join(implFolder, 'cli') },
    packages: 'external',
  });
}

/** The new texts of the edited files, by their paths relative to impl/. Throws a StaleMutantError. */
export function patchedSources(mutant: string, edits: readonly Edit[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const edit of edits) {
    const path = join(implFolder, edit.file);
    if (!existsSync(path)) throw new StaleMutantError(mutant, edit, 0);
    sources.set(edit.file, edited(mutant, edit, sources.get(edit.file) ?? readFileSync(path, 'utf8')));
  }
  return sources;
}

async function bundle(
  mutant: string,
  sources: ReadonlyMap<string, string>,
  entry: Parameters<typeof bundled>[1],
): Promise<string> {
  const byPath = new Map([...sources].map(([file, text]) => [join(implFolder, file), text]));
  const { code, unused } = await bundled(byPath, entry).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`With the mutant ${mutant}, impl/ does not compile. ${message}`, { cause });
  });
  if (unused.length > 0)
    throw new Error(`The mutant ${mutant} edits files that the program does not use: ${unused.join()}.`);
  return code;
}

/** Whether the module has all exports of the real one, with the same types of values. */
function isImplementation(value: unknown): value is Implementation {
  if (typeof value !== 'object' || value === null) return false;
  const exported = new Map(Object.entries(value));
  return Object.entries(realImplementation).every(
    ([name, real]) => typeof exported.get(name) === typeof real,
  );
}
