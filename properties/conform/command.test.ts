import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../models/conform/format/line.ts';
import { root } from '../root.ts';
import { runCommand } from '../running.ts';
import { restarts } from './altered.ts';
import { inFolder, judged, toyTraces, written } from './traces.ts';

describe('npm run conform', () => {
  it('accepts a legal run whose last line was not written to the end, and says so', () => {
    const { code, out } = inFolder((folder) => {
      const files = written(folder, toyTraces);
      writeFileSync(files[2] ?? '', '{"step":9,"event":', { flag: 'a' });
      return runCommand('conform', files);
    });
    expect(out).toContain('r2.jsonl has 1 line that was not written to the end');
    expect(out).toContain('Legal.');
    expect(code).toBe(0);
  });

  it('shows the first step that is not legal, and exits with 1', () => {
    const { code, out } = inFolder((folder) => {
      const [first = [], ...others] = toyTraces;
      const gone = first.map((line) => (line.commitNumber === 1 ? { ...line, commitNumber: 2 } : line));
      return runCommand('conform', written(folder, [gone, ...others]));
    });
    expect(out).toMatch(/r0.jsonl:\d+: r0 at step \d+: PREPAREOK v0 n1 from r1/);
    expect(out).toContain('commitNumber   0 → 2');
    expect(out).toContain('ILLEGAL: entry-is-held (execute; VRR §4.1)');
    expect(code).toBe(1);
  });

  it('says of a kept trace what docs/conform.md shows', () => {
    const page = readFileSync(join(root, 'docs/conform.md'), 'utf8');
    const [, shown = 'nothing'] = /^```text\n(.*?)^```/ms.exec(page) ?? [];
    const [, files = ''] = /^npm run conform -- (--whole .*)$/m.exec(page) ?? [];
    expect(runCommand('conform', files.split(' ')).out).toContain(shown);
  });

  it.each([
    ['a line that is no step', 'r1.jsonl:2: event.type: '],
    ['a missing file', 'no such file'],
    ['no file', 'It needs 1 FILE'],
  ])('reports %s, and exits with 2', (mistake, message) => {
    const { code, err } = inFolder((folder) => {
      const files = written(folder, withLine('{"step":1,"event":{"type":"tick"}}'));
      const given = { 'no file': [], 'a missing file': ['missing.jsonl'] }[mistake] ?? files;
      return runCommand('conform', given);
    });
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

describe('a trace that cannot be read', () => {
  it.each([
    ['half a line in the middle', '{"step":', 'r1.jsonl:2: it is not JSON'],
    [
      'a field that is not known',
      '{"step":1,"event":{"type":"timer"},"view":1}',
      'r1.jsonl:2: Unrecognized key: "view"',
    ],
    ['a start without a heading', '{"step":0,"event":{"type":"start"}}', 'r1.jsonl:2: event.type: '],
    ['binary data', '\u0000\u0001', 'r1.jsonl:2: it is not JSON'],
    [
      'an operation that is nested too deep',
      `{"step":1,"event":{"type":"message","message":{"type":"REPLY","clientId":"a","requestNumber":1,"result":${'['.repeat(5000)}${']'.repeat(5000)}}}}`,
      'r1.jsonl:2: event.message.result: a value is missing, or nested in more than 1000 levels',
    ],
    [
      'a view out of bounds',
      '{"step":1,"event":{"type":"timer"},"viewNumber":9007199254740991}',
      'r1.jsonl:2: viewNumber: ',
    ],
    ['a negative number', '{"step":1,"event":{"type":"timer"},"viewNumber":-1}', 'r1.jsonl:2: viewNumber: '],
  ])('is reported by file and line: %s', (_, line, message) => {
    expect(() => inFolder((folder) => judged(written(folder, withLine(line))))).toThrow(message);
  });

  it('is one that does not begin with a start, or is of a replica that has a trace already', () => {
    const [r0 = []] = toyTraces;
    const late = 'r0.jsonl:1: a trace begins with the start of a replica';
    expect(() => inFolder((folder) => judged(written(folder, [r0.slice(1)])))).toThrow(late);
    const [start] = r0;
    const before = 'r0.jsonl:1: the replica ran before this start';
    expect(() => inFolder((folder) => judged(written(folder, [[{ ...start, viewNumber: 3 }]])))).toThrow(
      before,
    );
    const twice = 'Put all its starts in one file';
    expect(() => inFolder((folder) => judged(written(folder, [r0, r0])))).toThrow(twice);
  });

  it.each([
    [{ replica: 1 }, 'it is a start of replica 1, and the first line is of replica 0'],
    [{ group: { replicas: 5, mode: 'durable' } }, 'its group is not that of the first line'],
  ])('is one with a later start of another replica or group: %j', (change, message) => {
    const [r0 = [], ...others] = toyTraces;
    const traces = [[...r0, { ...r0[0], ...change }], ...others];
    const later = `r0.jsonl:${r0.length + 1}: ${message}`;
    expect(() => inFolder((folder) => judged(written(folder, traces)))).toThrow(later);
  });
});

describe('the starts in a file', () => {
  const [r0 = [], r1 = [], r2 = []] = toyTraces;
  const index = r2.findIndex(restarts);

  it('may follow a line and any number of starts that were not written to the end', () => {
    const halves = ['{"step":9', '{"format":"viewst', '{'];
    const torn = [...r2.slice(0, index), ...halves, ...r2.slice(index), ...halves];
    const { illegal, notes } = inFolder((folder) => judged(written(folder, [r0, r1, torn])));
    expect(illegal).toBeUndefined();
    expect(notes.join()).toContain('r2.jsonl has 6 lines that were not written to the end');
  });
});

it.each(['', '{"format":'])('a trace without a whole line is reported: %j', (text) => {
  const message = 'r1.jsonl: it has no whole line. Leave the file out';
  expect(() => inFolder((folder) => judged(written(folder, [toyTraces[0] ?? [], [text]])))).toThrow(message);
});

it('a line that is too long for a string is reported', () => {
  const message = 'r1.jsonl:1: it is longer than 134217728 bytes';
  const judgeLong = (folder: string) => {
    const files = written(folder, toyTraces);
    writeFileSync(files[1] ?? '', '');
    truncateSync(files[1] ?? '', (1 << 27) + (1 << 20));
    return judged(files);
  };
  expect(() => inFolder(judgeLong)).toThrow(message);
});

/** The traces of the toy replicas, with this as the second line of r1. */
function withLine(line: string): readonly (readonly unknown[])[] {
  const [r0 = [], r1 = [], r2 = []] = toyTraces;
  return [r0, [r1[0], line, ...r1.slice(1)], r2];
}

it('the JSON Schema of the format is current', () => {
  const path = join(root, 'models/conform/format/trace.schema.json');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});
