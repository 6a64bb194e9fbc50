import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { runCommand } from '../running.ts';
import { counterexampleOf, shortQuorum, trace } from './exampleTrace.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));
const broken = writeCounterexample(folder, shortQuorum);
const impossible = writeCounterexample(folder, counterexampleOf([...trace, { type: 'heal' }]));

const run = (args: readonly string[], input = '') => runCommand('replay', args, input);

describe('npm run replay', () => {
  it('ends with 0 when the recorded violation appears, and says the same twice', () => {
    const first = run([broken]);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('BROKEN at event 2: never-lost (guarantee)');
    expect(run([broken, '--seed', '7'])).toEqual(first);
  });

  it('ends with 1 when the implementation as it stands does not break the property', () => {
    const { code, out } = run([broken, '--mutant', 'none']);
    expect(code).toBe(1);
    expect(out).toContain('Not reproduced: all events happened, and never-lost holds.');
  });

  it('ends with 1 when an event cannot happen, and names it', () => {
    const { code, out } = run([impossible]);
    expect(code).toBe(1);
    expect(out).toContain('Diverged at event 12 of 12: "heal" cannot happen: nothing is cut.');
  });

  it('steps through the events as lines of input ask, and ends with the input', () => {
    const { code, out, err } = run([broken, '--step'], '\n\nb\nwhat\n2\n');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const titles = out.split('\n').filter((line) => /^(Before|Event|Enter)/.test(line));
    expect(titles).toEqual([
      'Before the first event.',
      'Event 1 of 2: request c0',
      'Event 2 of 2: deliver REQUEST c0/0 s1 c0→r0',
      'Event 1 of 2: request c0',
      'Enter or n: next; b: back; the number of an event: go there; q: quit.',
      'Event 2 of 2: deliver REQUEST c0/0 s1 c0→r0',
    ]);
  });
});
