import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ran, runCommand } from '../running.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quick = 'commit-quorum-short';

function run(state: string, ...args: readonly string[]): Ran {
  return runCommand('mutants', [quick, '--shorten', '0', '--state', join(folder, state), ...args]);
}

describe('npm run mutants', () => {
  it('ends with 1 if a seed does not catch the mutant', () => {
    const missed = 'longest-log-wins';
    const args = [missed, '--seeds', '1', '--seconds', '0.1', '--properties', 'guarantees', '--shorten', '0'];
    const { code, out } = runCommand('mutants', [...args, '--state', join(folder, 'missed.jsonl')]);
    expect(out).toMatch(/^longest-log-wins .* 0 of 1 /m);
    expect(code).toBe(1);
  });

  it('ends with 2 if a line of the file is bad, and names it', () => {
    writeFileSync(join(folder, 'bad.jsonl'), '{}\n');
    const { code, err, out } = run('bad.jsonl');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/bad\.jsonl:1: this line is not the result of a hunt: /);
  });
});
