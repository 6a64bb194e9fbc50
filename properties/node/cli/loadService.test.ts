import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadService } from '../../../impl/cli/loadService.ts';
import { SetupError } from '../../../impl/node/cluster/setupError.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

function module(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const sums = (initial: number): string =>
  `{ initial: ${initial}, validate: () => undefined, apply: (sum) => ({ state: sum, result: sum }) }`;

test.each([
  ['its default', 'default.mjs', `export default ${sums(1)};`],
  ['`service`', 'named.mjs', `export const other = 1; export const service = ${sums(1)};`],
  [
    'its default, before `service`',
    'both.mjs',
    `export const service = ${sums(2)}; export default ${sums(1)};`,
  ],
  [
    '`service`, beside a default that is none',
    'odd.mjs',
    `export const service = ${sums(1)}; export default 7;`,
  ],
  ['`service` of a CommonJS module', 'common.cjs', `exports.service = ${sums(1)};`],
])('a module may export its service as %s', async (_, name, text) => {
  const { service } = await loadService(module(name, text), 'FILE');
  expect(service.initial).toBe(1);
});

test.each([
  [
    'none.mjs',
    'export const one = 1, two = 2;',
    'exports one, two. Export a service, as its default or as `service`.',
  ],
  ['nothing.mjs', 'void 0;', 'exports nothing. Export a service'],
  [
    'wrong.mjs',
    'export const service = { initial: 1 };',
    'its validate is no function. A service has initial,',
  ],
  ['absent.mjs', "import 'no-such-package';", 'Install it: npm install no-such-package.'],
])('a module without a service is refused, and what it lacks is said: %s', async (name, text, words) => {
  const error: unknown = await loadService(module(name, text), 'FILE').catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(SetupError);
  expect(String(error)).toContain(words);
});
