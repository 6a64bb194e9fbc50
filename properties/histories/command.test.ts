import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../root.ts';
import { type Ran, runCommand } from '../running.ts';

const examples = join(root, 'models/histories/examples');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): Ran {
  return runCommand('linearizable', args);
}

/** The path of a file with this text. */
function fileOf(text: string | Uint8Array): string {
  const path = join(folder, 'history');
  writeFileSync(path, text);
  return path;
}

describe('npm run linearizable', () => {
  test('ends with 0 when the history is linearizable', () => {
    expect(run(join(examples, 'linearizable.jsonl'))).toEqual({
      code: 0,
      out: 'Linearizable. 10 operations on 2 keys, 9 steps.\n',
      err: '',
    });
  });

  test('ends with 1 when the history is not linearizable, and shows the smallest window', () => {
    expect(run(join(examples, 'stale-read.edn'))).toEqual({
      code: 1,
      out: `Not linearizable: 1 key cannot be ordered. 10 operations on 2 keys, 30 steps.

Key 1
The smallest window: events 12 to 17, 0.007700 to 0.010600 s.
Whatever the key held when it began (null, 1, 2, 4), no order explains the results.

process  operation  returned
      2  write 4    unknown   ╶─────────────╴
      1  read       2          ├───┤
      1  read       1                  ├───┤
`,
      err: '',
    });
    const twice = run(join(examples, 'lock-taken-twice.jsonl'));
    expect(twice).toMatchObject({ code: 1, err: '' });
    expect(twice.out).toContain(`
process  operation             returned
      1  cas "free" → "mine"   ok         ├───────────┤
      2  cas "free" → "yours"  ok             ├───┤
`);
  });

  test('ends with 0 when the stale read of the same history is corrected', () => {
    const text = readFileSync(join(examples, 'stale-read.edn'), 'utf8');
    const mended = text.replace(
      ':index 17, :time 10600000, :process 1, :type :ok, :f :read, :value [1 1]',
      (line) => line.replace('[1 1]', '[1 2]'),
    );
    expect(mended).not.toBe(text);
    expect(run(fileOf(mended))).toMatchObject({ code: 0, err: '' });
  });
});
