import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../root.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

function check(...args: readonly string[]) {
  return node('impl/cli/viewstamped.mjs', 'check', ...args);
}

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

/** A file with this module, in which `fc` and `defineService` can be used. */
function module(name: string, text: string): string {
  const file = join(folder, `${name}.mts`);
  const imports = [
    `import fc from '${import.meta.resolve('fast-check')}';`,
    `import { defineService } from '${join(root, 'impl/index.ts')}';`,
  ];
  writeFileSync(file, `${imports.join('\n')}\n${text}\nvoid fc, defineService;\n`);
  return file;
}

const sums = `{ initial: 0, validate: () => undefined, apply: (sum, by) => ({ state: sum + by, result: sum + by })`;

describe('viewstamped check', () => {
  test('is content with an example, and says so', () => {
    const { code, out, err } = check('impl/examples/locks.ts', '--runs', '5', '--seed', '3');
    expect(err).toBe('');
    expect(out).toBe(
      'seed 3\nimpl/examples/locks.ts keeps its contract in 15 runs, a third of them in a simulated group.\n',
    );
    expect(code).toBe(0);
  });

  test('shows the shortest run that breaks the contract, the same for the same seed', () => {
    const file = module(
      'random',
      `export default defineService({ ...${sums} }, apply: (sum, by) => ({ state: sum, result: by > 3 ? Math.random() : 0 }) });
       export const operations = fc.nat(9);`,
    );
    const { code, out } = check(file, '--runs', '20', '--seed', '1');
    expect(out).toContain('apply(4) uses Math.random(): use predicted.time and predicted.random');
    expect(out).toContain('Shortest run that was found:\n  1  4\n\nRepeat it with seed 1 and 20 runs.');
    expect(code).toBe(1);
    expect(check(file, '--runs', '20', '--seed', '1').out).toBe(out);
  });

  test('compares with a model that the file exports', () => {
    const file = module(
      'model',
      `export const service = defineService(${sums} });
       export const operations = fc.nat(9);
       export const model = () => { let sum = 0; return (by) => (sum = Math.min(sum + by, 12)); };`,
    );
    const { code, out } = check(file, '--seed', '1');
    expect(out).toMatch(/differs from the model: result is 12, by the model, and by the service 1[3-9]/);
    expect(code).toBe(1);
  });

  test.each<[string, string, string]>([
    ['no service', 'export const a = 1;', 'exports a. Export a service, as its default or as `service`.'],
    [
      'no operations',
      `export default defineService(${sums} });`,
      'it was defined without a schema. Give `operations`, an arbitrary of fast-check',
    ],
    [
      'operations that are none',
      `export default defineService(${sums} }); export const operations = [1];`,
      'is no arbitrary',
    ],
    ['a mistake', 'throw new Error("no luck");', 'cannot be loaded: no luck'],
    [
      'a Map for a state',
      'export default defineService({ initial: { a: new Map() } , validate: () => undefined, apply: () => 1 });',
      'initial.a is a Map',
    ],
  ])('rejects a file with %s, and says what to do', (name, text, words) => {
    const { code, err } = check(module(name.replaceAll(' ', '-'), text));
    expect(err).toContain(words);
    expect(code).toBe(2);
  });

  test.each([
    ['the file draws its operations with it', 'random'],
    ['they are drawn from the schema', 'locks'],
  ])('says how to install fast-check where it is missing, and %s', (_, name) => {
    const missing = `export function resolve(specifier, context, next) {
      if (!specifier.includes('fast-check')) return next(specifier, context);
      throw Object.assign(new Error("Cannot find package 'fast-check'"), { code: 'ERR_MODULE_NOT_FOUND' });
    }`;
    const hook = `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(missing)}));`;
    const file = name === 'locks' ? 'impl/examples/locks.ts' : join(folder, `${name}.mts`);
    const { code, err } = node(
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      'impl/cli/viewstamped.mjs',
      'check',
      file,
    );
    expect(err).toContain('Run npm install --save-dev fast-check.');
    expect(code).toBe(2);
  });

  test('rejects a file that is not there', () => {
    expect(check('nowhere.ts')).toMatchObject({
      code: 2,
      err: expect.stringContaining('FILE: there is no file nowhere.ts'),
    });
  });
});
