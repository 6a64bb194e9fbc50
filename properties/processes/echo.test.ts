import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { type Ran, runCommand } from '../running.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): Ran {
  const options = '-w echo --time-limit 2 --rate 50 --node-count 2'.split(' ');
  const node = join(root, 'properties/processes/nodes/echo.mjs');
  return runCommand('workbench', [
    ...options,
    '--store',
    folder,
    '--bin',
    process.execPath,
    '--',
    node,
    ...args,
  ]);
}

describe('npm run workbench with echo', () => {
  it('ends with 0 when every echo comes back', () => {
    const ran = run();
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^Valid: All \d\d+ echoes came back as they were sent\.$/m);
  });

  it('ends with 1 when another text comes back', () => {
    const ran = run('deaf');
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toMatch(/^Invalid: "Please echo \d+" came back as "What\?", event \d+\.$/m);
    expect(JSON.parse(readFileSync(join(folder, 'latest', 'results.json'), 'utf8'))).toMatchObject({
      valid: false,
      failure: null,
    });
  });
});
