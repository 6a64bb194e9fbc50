import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../root.ts';
import { reportFolder, reportOf, writeReports } from './apiReports.ts';
import { built, entryPoints } from './built.ts';

let folder = '';

beforeAll(() => {
  folder = built();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const kept = (name: string): string => readFileSync(join(root, reportFolder, `${name}.api.md`), 'utf8');

describe('the reports in docs/api/', () => {
  it('are those of the declarations: if a change of them is meant, run npm run api', () => {
    writeReports(entryPoints, folder, join(folder, 'new'));
    for (const entryPoint of entryPoints)
      expect(readFileSync(join(folder, 'new', reportOf(entryPoint)), 'utf8'), entryPoint.name).toBe(
        kept(entryPoint.name),
      );
  });

  it('differ once a type changes', () => {
    const file = join(folder, 'impl/node/localGroup.d.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('operation: Requested<Operation>, options?', 'operation: unknown, options?'),
    );
    const testing = entryPoints.filter(({ name }) => name === 'testing');
    writeReports(testing, folder, join(folder, 'changed'));
    writeFileSync(file, text);
    expect(readFileSync(join(folder, 'changed/testing.api.md'), 'utf8')).not.toBe(kept('testing'));
  });

  it.each(entryPoints)('show that every export of $name has a doc comment', ({ name }) => {
    const undocumented =
      /^\/\/ \(undocumented\)\n(?:export|abstract|class|const|function|interface|type) .*/gm;
    expect(kept(name).match(undocumented) ?? []).toEqual([]);
  });

  it.each(['node', 'testing'])(
    'show that every member of %s has one too, but for the names of errors',
    (name) => {
      const members = [...kept(name).matchAll(/^ +\/\/ \(undocumented\)\n +(.*)/gm)].map(
        ([, member]) => member,
      );
      expect(
        members.filter((member) => !/^readonly name(: string| = "\w+Error");$/.test(member ?? '')),
      ).toEqual([]);
    },
  );
});

/** Bundles an entry point with all that it imports, as for a browser. Rejects if it imports anything of Node's. */
async function bundledForBrowser(name: string) {
  const file = entryPoints.find((entryPoint) => entryPoint.name === name)?.file ?? '';
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, `${file}.js`)],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return { code: outputFiles.map(({ text }) => text).join(''), inputs: Object.keys(metafile.inputs) };
}

describe.each(['core', 'promise', 'protocol'])('the entry point %s', (name) => {
  it('reaches no module of Node, through any import', async () => {
    const { inputs } = await bundledForBrowser(name);
    expect(inputs.length).toBeGreaterThan(10);
    expect(inputs.filter((file) => /node:|impl\/(node|cli|terminal)\//.test(file))).toEqual([]);
  });
});

describe('the entry point core', () => {
  it('runs without the globals of Node', async () => {
    const { code } = await bundledForBrowser('core');
    const file = join(folder, 'browser.mjs');
    writeFileSync(file, code);
    const program = `
      for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate']) delete globalThis[name];
      const { configure, createReplica, ledgerService, step } = await import(${JSON.stringify(file)});
      const replica = createReplica(configure(1, 'diskless', ledgerService, { sessions: Infinity }), 0);
      step(replica, { type: 'start' });
      const message = { type: 'REQUEST', operation: 'a', clientId: 'ann', session: 0, requestNumber: 1 };
      step(replica, { type: 'message', message, reading: { time: 1, random: 2 } });
      console.log(replica.log.length);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('1\n');
  });
});

describe('the entry point node', () => {
  it('does reach modules of Node, so that a test for the others can fail', async () => {
    await expect(bundledForBrowser('node')).rejects.toThrow('node:crypto');
  });
});

describe('the files of the package', () => {
  const pack = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const { stdout } = spawnSync('npm', pack, { cwd: root, encoding: 'utf8' });
  const [{ files } = { files: [] }] = z
    .array(z.object({ files: z.array(z.object({ path: z.string() })) }))
    .parse(JSON.parse(stdout));
  const paths = files.map(({ path }) => path);

  it('hold every page to which the README links, and each that these pages link to beside them', () => {
    const linked = (page: string): readonly string[] =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^):#\s]+\.md)[^)\s]*\)/g)].map(
        ([, target = '']) => posix.join(posix.dirname(page), target),
      );
    const pages = linked('README.md');
    expect(pages).toContain('docs/first-service.md');
    expect(pages.filter((page) => !paths.includes(page))).toEqual([]);
    const further = pages.flatMap(linked).filter((page) => /^docs\/[^/]+\.md$/.test(page));
    expect(further.filter((page) => !paths.includes(page))).toEqual([]);
  });

  it('hold no test, no trace and no generated page', () => {
    expect(
      paths.filter((path) => /^(properties|docs\/api|spec\/reasons\/(?!README))|\.html$|\.tgz$/.test(path)),
    ).toEqual([]);
  });
});
