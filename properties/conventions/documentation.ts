import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { entryPoints } from '../package/built.ts';
import { root } from '../root.ts';
import { sourcesOf, topFolders } from './source.ts';

/** A page of documentation, by its path from the top folder. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every page of the project. */
export function pages(): readonly Page[] {
  const inFolders = ['docs', ...topFolders].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  );
  return (
    ['README.md', 'CHANGELOG.md', ...inFolders.sort()]
      // The templates of the book are woven into docs/book/, whose pages are read instead. Reports hold declarations only.
      .filter((path) => path.endsWith('.md') && !/^(models\/book\/chapters|docs\/api)\//.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  );
}

/**
 * The `npm` and `npx` commands that the page shows and the scripts do not run. A command counts as run where a script
 * runs the same command with the same options, whatever their values. The commands of a page are
 * those in its blocks of shell code and in code within a line.
 */
export function commandsNotRun({ text }: Page, scripts: string): readonly string[] {
  const blocks = blocksIn(text).filter(({ language }) => language === 'sh');
  const spans = [...proseOf(text).matchAll(/`(np[mx] [^`]+)`/g)].map(([, command = '']) => command);
  const shown = [...blocks.map(({ code }) => code), ...spans].flatMap(commandsIn);
  const run = commandsIn(scripts);
  return shown.filter((wanted) => !run.some((given) => covers(given, wanted)));
}

/** The relative links of the page that lead to no file or to no heading, each with why. */
export function brokenLinks(page: Page, exists: (path: string) => boolean, read: (path: string) => string) {
  const links = [...proseOf(page.text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), file));
    if (!exists(path)) return [`${page.path}: there is no file ${target}`];
    if (anchor === undefined || anchorsIn(read(path)).includes(anchor)) return [];
    return [`${page.path}: there is no heading ${target}`];
  });
}

/** A TypeScript block of a page, which is to stand in the page's folder. Its first line may name its file. */
export interface Example {
  readonly path: string;
  readonly code: string;
}

/** The TypeScript blocks of the page, but for those that are a piece of a source file, which is compiled anyway. */
export function examplesIn(page: Page, sources: readonly string[]): readonly Example[] {
  const examples = blocksIn(page.text).filter(({ language }) => language === 'ts');
  return examples
    .filter(({ code }) => !sources.some((source) => source.includes(code)))
    .map(({ code, line }) => {
      const [, own] = /^\/\/ (\w+\.ts)\n/.exec(code) ?? [];
      const folder = posix.dirname(page.path);
      return {
        path: own === undefined ? `${page.path.replace(/\.md$/, '')}-line-${line}.mts` : `${folder}/${own}`,
        code,
      };
    });
}

/** The texts of all source files. */
export function sourceTexts(): readonly string[] {
  return topFolders.flatMap((folder) => sourcesOf(folder).map(({ text }) => text));
}

/** The compiler's errors about the examples, as if each stood in its page's folder. */
export function compilerErrors(examples: readonly Example[]): readonly string[] {
  // Packages are resolved only within the checkout.
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist/examples-'));
  try {
    for (const { path, code } of examples) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const options = {
      extends: join(root, 'tsconfig.json'),
      // Two folders that count as one: an import from an example reaches the project's files.
      compilerOptions: {
        rootDirs: [root, '.'],
        paths: Object.fromEntries(
          entryPoints.map(({ name, file }) => [specifierOf(name), [join(root, `${file}.ts`)]]),
        ),
        typeRoots: [join(root, 'node_modules/@types')],
        noUnusedLocals: false,
      },
      include: [join(root, 'impl/**/*.d.ts')],
      files: examples.map(({ path }) => path),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return status === 0 ? [] : stdout.trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a project that has the package writes to import an entry point. */
function specifierOf(name: string): string {
  return name === 'core' ? 'viewstamped' : `viewstamped/${name}`;
}

/** A source file as a project writes it that has the package. */
export function asProjectsWrite(text: string): string {
  return text.replaceAll(
    /from '\.\.\/(?:(\w+)\/)?index\.ts'/g,
    (_, name) => `from '${specifierOf(name ?? 'core')}'`,
  );
}

/** Whether there is such a file or folder in the project. */
export function isThere(path: string): boolean {
  return !path.startsWith('..') && existsSync(join(root, path));
}

const fenced = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm;

function blocksIn(text: string): readonly { language: string; code: string; line: number }[] {
  return [...text.matchAll(fenced)].map(({ index, 1: language = '', 2: code = '' }) => ({
    language,
    code,
    line: text.slice(0, index).split('\n').length,
  }));
}

function proseOf(text: string): string {
  return text.replaceAll(fenced, '');
}

/** The anchors that GitHub gives to a page's headings, and those that the page sets itself. */
function anchorsIn(text: string): readonly string[] {
  const seen = new Map<string, number>();
  const own = [...proseOf(text).matchAll(/<a id="([^"]*)"><\/a>/g)].map(([, id = '']) => id);
  const headings = [...proseOf(text).matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) => {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return [...own, ...headings];
}

function covers(given: string, wanted: string): boolean {
  const optionsOf = (command: string): readonly string[] => command.match(/(?<=\s)--?[a-z][\w-]*/g) ?? [];
  const options = optionsOf(given);
  return (
    scriptOf(given) === scriptOf(wanted) && optionsOf(wanted).every((option) => options.includes(option))
  );
}

function scriptOf(command: string): string {
  const program = /^npx (\S+(?: [^-\s]\S*)?)/.exec(command)?.[1];
  if (program !== undefined) return program;
  const script = /^npm (?:run )?(?:-\S+ )*(\S+)/.exec(command)?.[1] ?? command;
  // The CI installs from the lock file, and a reader may install in another way.
  return ['install', 'i', 'ci'].includes(script) ? 'install' : script;
}

function commandsIn(script: string): readonly string[] {
  const lines = script.replaceAll('\\\n', ' ').split('\n');
  const commands = lines
    .map((line) => line.replace(/(^|\s)#.*/, ''))
    .flatMap((line) => line.split(/&&|\|\|?|;/));
  return commands.flatMap((command) => {
    const direct = command.replace(
      /node (impl\/cli\/viewstamped\.mjs|node_modules\/\.bin\/viewstamped)/,
      'npx viewstamped',
    );
    return /\bnp[mx]\s+.*/.exec(direct)?.[0].trim().replaceAll(/\s+/g, ' ') ?? [];
  });
}
