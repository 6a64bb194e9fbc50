import { posix } from 'node:path';
import { importsOf } from './rules.ts';
import type { Source } from './source.ts';

/** One import between two folders that lie side by side, and the file that makes it. */
interface FolderImport {
  readonly from: string;
  readonly to: string;
  readonly file: string;
}

/**
 * Every circle of imports among folders that lie side by side, each as a sentence that names the files. Types count: a
 * folder that needs another only for its types cannot be read without it. A folder's own files may use its subfolders.
 */
export function folderCircles(sources: readonly Source[]): readonly string[] {
  const imports = sources.flatMap(folderImportsOf);
  const nexts = new Map<string, Set<string>>();
  for (const { from, to } of imports) nexts.set(from, (nexts.get(from) ?? new Set()).add(to));
  const reach = new Map([...nexts.keys()].map((folder) => [folder, reachableFrom(folder, nexts)]));
  return imports
    .filter(({ from, to }) => reach.get(to)?.has(from) === true)
    .map(({ from, to, file }) => `${file} makes ${from}/ import ${to}/, which imports it back.`);
}

/** Every import that goes against this order of the folders in `parent`, in which each may use only those before it. */
export function importsAgainst(
  order: readonly string[],
  parent: string,
  sources: readonly Source[],
): readonly string[] {
  const placeOf = (folder: string): number => order.findIndex((name) => folder === `${parent}/${name}`);
  return sources
    .filter(({ path }) => path.startsWith(`${parent}/`))
    .flatMap(folderImportsOf)
    .filter(({ from, to }) => posix.dirname(from) === parent && placeOf(from) <= placeOf(to))
    .map(({ from, to, file }) => `${file} makes ${from}/ import ${to}/, which does not stand before it.`);
}

function folderImportsOf(source: Source): readonly FolderImport[] {
  return importsOf(source).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const target = posix.join(posix.dirname(source.path), specifier);
    const here = posix.dirname(source.path).split('/');
    const there = posix.dirname(target).split('/');
    const shared = here.findIndex((name, depth) => name !== there[depth]);
    if (shared === -1 || there.length <= shared) return [];
    const [from, to] = [here, there].map((path) => path.slice(0, shared + 1).join('/'));
    return from === undefined || to === undefined ? [] : [{ from, to, file: source.path }];
  });
}

function reachableFrom(start: string, nexts: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const next of nexts.get(folder) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return reached;
}
