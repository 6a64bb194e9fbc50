import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { lineAt, type Source, topFolders } from './source.ts';

/** A project rule: it reads one file and says, in a sentence each, where the file breaks the rule. */
export type Rule = (source: Source) => readonly string[];

const mayImport: Readonly<Record<string, readonly string[]>> = {
  spec: ['spec'],
  impl: ['impl'],
  models: ['models', 'spec', 'impl'],
  properties: ['properties', 'models', 'spec', 'impl'],
};

const isCore = (path: string): boolean => /^impl\/(replica|client|service|tree)\//.test(path);
const isShell = (path: string): boolean => /^impl\/(node|cli)\//.test(path);

/** Each top folder imports only the folders that it may. */
export const importsOnlyWhatItsFolderMay: Rule = (source) => {
  const folder = topFolderOf(source.path);
  return importsOf(source).flatMap(({ specifier, index }) => {
    const place = `${source.path}:${lineAt(source.text, index)}`;
    if (!/^\.\.?\//.test(specifier)) {
      if (folder === 'spec') return [`${place} imports ${specifier}, and spec/ imports nothing.`];
      if (!isCore(source.path) || !isBuiltin(specifier)) return [];
      return [`${place} imports ${specifier}, and the protocol core imports nothing of Node's.`];
    }
    const target = posix.join(posix.dirname(source.path), specifier);
    if (isCore(source.path) && isShell(target))
      return [`${place} imports ${target}: the shell is around the core.`];
    if (mayImport[folder]?.includes(topFolderOf(target))) return [];
    return [`${place} imports ${target}, which ${folder}/ may not.`];
  });
};

/** The protocol core reads no clock, draws no random number and does no I/O. */
export const coreIsPure: Rule = (source) => {
  if (!isCore(source.path)) return [];
  const impure =
    /(?<![.\w$])(?:Date|process|performance|crypto|set(?:Timeout|Interval|Immediate)|queueMicrotask|fetch|require|globalThis)\b(?!\s*\??:)|\bMath\s*\.\s*random\b|\bimport\s*\.\s*meta\b/g;
  return findings(source, 'code', impure, 'is not for the protocol core');
};

/** The files of the shell that reach the world themselves, and by what: they are used by a process only, never by a server or client. */
const outside: Readonly<Record<string, RegExp>> = {
  'impl/node/telemetry/metricsEndpoint.ts': /^node:tls$/,
  'impl/node/cluster/clusterFile.ts': /^node:fs$/,
  'impl/node/trace/traceFile.ts': /^node:fs$/,
  // It puts its own functions in place of those that a service may not call.
  'impl/node/development/ambient.ts': /./,
};

/** Servers and clients reach network, files, clocks and randomness only through their platform, so that they run in a simulated one. */
export const shellHasItsPlatform: Rule = (source) => {
  const { path } = source;
  if (!path.startsWith('impl/node/') || path.startsWith('impl/node/platform/')) return [];
  const reached = importsOf(source).filter(
    ({ specifier }) =>
      /^(?:node:)?(?:net|tls|dgram|dns|fs|timers|perf_hooks|child_process)\b/.test(specifier) &&
      !outside[path]?.test(specifier),
  );
  const imported = reached.map(
    ({ specifier, index }) =>
      `${path}:${lineAt(source.text, index)} imports ${specifier}, and the shell has its platform.`,
  );
  const ambient =
    /(?<![.\w$])(?:Date|performance|(?:set|clear)(?:Timeout|Interval|Immediate)|queueMicrotask|random(?:Bytes|Int|UUID))\b|\bMath\s*\.\s*random\b|\bnextTick\b|\bhrtime\b/g;
  const used = findings(source, 'code', ambient, 'is not for the shell: it has its platform');
  return outside[path]?.test('ambient') ? [] : [...imported, ...used];
};

/** No file switches the type checker off. */
export const typesAreHonest: Rule = (source) => {
  const renames = /\b(?:import|export)\b[^;{}()]*\{[^}]*\}|\b(?:import|export)\s+(?:type\s+)?\*\s+as\s+\w+/g;
  const code = source.code.replaceAll(renames, (clause) => clause.replaceAll(/[^\n]/g, ' '));
  const bare = { ...source, code };
  return [
    ...findings(bare, 'code', /(?<![.\w$])any\b(?!\s*[(:=])/g, 'is no type'),
    ...findings(bare, 'code', /(?<=\S\s+)(?<!\.)\bas\s+(?!const\b)[\w{[('"`]/g, 'is a cast'),
    ...findings(bare, 'code', /(?<=[\w)\]}])!(?!=)/g, 'asserts that a value is not null'),
    ...findings(source, 'code', /\benum\s+\w+\s*\{/g, 'is an enum'),
    ...findings(source, 'comments', /@ts-(?:ignore|expect-error|nocheck)|biome-ignore/g, 'silences a tool'),
  ];
};

/** Every export has a name, which is the same everywhere. */
export const exportsHaveNames: Rule = (source) =>
  findings(source, 'code', /\bexport\s+default\b|\bas\s+default\b|\bexport\s*=/g, 'is a default export');

/** A file has at most 350 lines. */
export const filesAreShort: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  return lines <= 350 ? [] : [`${path} has ${lines} lines, and 350 is the most.`];
};

/** No test is skipped, focused, or made to assert nothing. */
export const testsRun: Rule = (source) => {
  const idle =
    /\.(?:skip|only|todo)\s*\(|\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|skipIf|fails)\b|\bexpect\s*\(\s*true\s*\)/g;
  return findings(source, 'code', idle, 'keeps a test from testing');
};

/** Every export of `spec/` and `impl/` has a doc comment. */
export const exportsAreDocumented: Rule = (source) => {
  if (!['spec', 'impl'].includes(topFolderOf(source.path))) return [];
  const declaration =
    /^export\s+(?:declare\s+|abstract\s+|async\s+)*(?:function\s*\*?|const|let|class|type|interface|namespace)\s+(\w+)/gm;
  const documented = new Set<string>();
  return [...source.code.matchAll(declaration)].flatMap(({ index, 1: name = '' }) => {
    const before = source.text.slice(0, index).trimEnd();
    const opening = before.slice(before.lastIndexOf('/*'));
    // The overloads of one function share the comment of the first.
    if ((before.endsWith('*/') && opening.startsWith('/**')) || documented.has(name)) {
      documented.add(name);
      return [];
    }
    return [`${source.path}:${lineAt(source.text, index)} exports ${name} without a doc comment.`];
  });
};

function topFolderOf(path: string): string {
  return topFolders.find((folder) => path.startsWith(`${folder}/`)) ?? '';
}

/** Every import of a file: what it names, and where. */
export function importsOf(source: Source): readonly { readonly specifier: string; readonly index: number }[] {
  const clause = /(?:\bfrom|\bimport|\b(?:import|require)\s*\()\s*(?=['"`])/g;
  return [...source.code.matchAll(clause)].map((match) => {
    const index = match.index + match[0].length;
    const specifier = /^(['"`])(.*?)\1/.exec(source.text.slice(index))?.[2] ?? '';
    return { specifier, index };
  });
}

function findings(
  source: Source,
  part: 'code' | 'comments',
  expression: RegExp,
  error: string,
): readonly string[] {
  return [...source[part].matchAll(expression)].map(
    (match) => `${source.path}:${lineAt(source.text, match.index)} '${match[0].trim()}' ${error}.`,
  );
}
