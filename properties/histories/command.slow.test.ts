import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyAsJsonLines } from '../../models/histories/formats/jsonLines.ts';
import { root } from '../root.ts';
import { type Ran, runCommand } from '../running.ts';
import { written } from './histories.ts';

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

// Each test starts the command, most of them to see one error. They rarely fail where command.test.ts does not.
describe('npm run linearizable', () => {
  test('shows at most three keys, 24 operations and ten states', () => {
    const writes = Array.from({ length: 40 }, (_, process) => `${process} invoke write ${process}`);
    const one = written(...writes, '99 invoke read', '99 ok read 50');
    const all = [1, 2, 3, 4].flatMap((key) =>
      one.map(({ process, value, ...event }) => {
        const part = Array.isArray(value) ? (value[1] ?? null) : null;
        return { ...event, process: 1000 * key + Number(process), value: [key, part] };
      }),
    );
    const { code, out, err } = run(
      fileOf(historyAsJsonLines(all.map((event, index) => ({ ...event, index, time: index })))),
    );
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.match(/^Key \d$/gm)).toEqual(['Key 1', 'Key 2', 'Key 3']);
    expect(out).toContain('\nAlso not linearizable: 4.\n');
    expect(out.split('\n').filter((line) => /^ *10\d\d /.test(line))).toHaveLength(24);
    expect(out).toContain('\nand 17 other operations that were under way\n');
    expect(out).toContain('(null, 0, 1, 2, 3, 4, 5, 6, 7, 8 and 31 others)');
    expect(out).toMatch(/^ +1099 {2}read +50 +├─+┤$/m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test('prints JSON, with an order or a window for each key', () => {
    const good = run(join(examples, 'linearizable.jsonl'), '--json');
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(good.out)).toMatchObject({
      verdict: 'yes',
      keys: [
        { key: 'a', order: [0, 1, 13, 7, 16, 8, 20].map((invoked) => ({ invoked })) },
        { key: 'b', order: [2, 9].map((invoked) => ({ invoked })) },
      ],
    });
    const bad = run(join(examples, 'stale-read.edn'), '--json');
    expect(bad).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(bad.out)).toMatchObject({
      verdict: 'no',
      keys: [
        {
          key: 1,
          verdict: 'no',
          window: { first: 12, last: 17, isSmallest: true, starts: ['null', '1', '2', '4'] },
        },
        { key: 2, verdict: 'yes' },
      ],
    });
  });

  test('ends with 3 when a bound is met', () => {
    const values = Array.from({ length: 8 }, (_, value) => value);
    const pairs = values.flatMap((from) => values.map((to) => [from, to]));
    const lost = pairs.map(([from, to], process) => `${process} invoke cas ${from} ${to}`);
    const twice = ['99 invoke write 0', '99 ok write 0', '99 invoke read', '99 ok read 9'];
    const file = fileOf(historyAsJsonLines(written(...lost, '98 invoke cas 1 9', ...twice, ...twice)));
    const ran = run(file, '--configurations', '1000');
    expect(ran).toMatchObject({ code: 3, err: '' });
    expect(ran.out).toMatch(/^Undecided\. 69 operations on 1 key, [\d,]+ steps\.\n/);
    expect(ran.out).toContain(
      'Key "x" is undecided: 1 of its 69 operations can be ordered before --configurations ended the check. Raise it to continue.\n',
    );
    const late = run(file, '--configurations', '100_000_000', '--seconds', '0.1');
    expect(late).toMatchObject({ code: 3, err: '' });
    expect(late.out).toContain('before --seconds ended the check.');
  });

  test('ends with 3 when no write succeeded, and says that nothing was tested', () => {
    const lines = ['0 invoke write 1', '0 info write 1', '1 invoke read', '1 ok read null'];
    const nothing = run(fileOf(historyAsJsonLines(written(...lines))));
    expect(nothing).toMatchObject({ code: 3, err: '' });
    expect(nothing.out).toMatch(
      /^Nothing was tested: no write succeeded, and no read found a value\. 2 operations/,
    );
    const seen = [...lines, '1 invoke read', '1 ok read 1'];
    expect(run(fileOf(historyAsJsonLines(written(...seen))))).toMatchObject({ code: 0, err: '' });
  });

  test('says that reads of nil were taken for unknown, and takes them for absent where it is told so', () => {
    const file = join(root, 'properties/histories/cases/knossos-nil-read.edn');
    const ran = run(file);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('\n1 read of nil may have found anything, as for Knossos.');
    expect(run(file, '--nil-reads', 'absent')).toMatchObject({ code: 1, err: '' });
  });

  test('shows the only register of a history without keys, and no times where it has none', () => {
    const event =
      '{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n';
    const { code, out } = run(
      fileOf(`${event}${event.replaceAll('write', 'read').replace('1}\n', 'nil}\n').replaceAll('1}', '2}')}`),
    );
    expect(code).toBe(1);
    expect(out).toContain('\nThe register\nThe smallest window: events 2 to 3.\n');
  });

  test('accepts deletes with the model key-value only', () => {
    const lines = [
      '0 invoke write 1',
      '0 ok write 1',
      '0 invoke delete',
      '0 ok delete true',
      '0 invoke read',
      '0 ok read',
    ];
    const file = fileOf(historyAsJsonLines(written(...lines)));
    expect(run(file, '--model', 'key-value')).toMatchObject({ code: 0, err: '' });
    const err = `npm run linearizable: ${file}:3: f must be one of read, write, cas, and is "delete".\n`;
    expect(run(file)).toEqual({ code: 2, out: '', err });
  });

  test.each([
    [
      '{:index 0 :time 0 :process 0 :type :ok :f :read}',
      ':1: type must be invoke, and is ok: process 0 has no operation under way',
    ],
    ['{:index 0}\n{', ":2: this is not EDN: expected '}', found the end of the text"],
    [new Uint8Array([0xff, 0xfe]), ': this file is not text in UTF-8'],
  ])('ends with 2 when the file holds no history: %j', (text, message) => {
    const file = fileOf(text);
    expect(run(file)).toEqual({ code: 2, out: '', err: `npm run linearizable: ${file}${message}.\n` });
  });

  test.each([
    [[join(examples, 'nosuch')], ': there is no such file.'],
    [[], 'It needs 1 FILE, and was given 0.'],
    [
      ['a', '--model', 'queue'],
      "--model must be one of auto, register, key-value, strings, and 'queue' is not.",
    ],
    [['a', '--configurations', 'x'], '--configurations must be a whole number from 1 to 100000000'],
  ])('ends with 2 when it is given %j', (args, message) => {
    const { code, out, err } = run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('lists every option in its help', () => {
    const { code, out, err } = run('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const listed = [...out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(['model', 'nil-reads', 'unkeyed', 'seconds', 'configurations', 'json', 'help']);
  });
});
