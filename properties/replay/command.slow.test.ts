import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { textOf, writeCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { runCommand } from '../running.ts';
import { shortQuorum } from './exampleTrace.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));
const broken = writeCounterexample(folder, shortQuorum);

const run = (args: readonly string[], input = '') => runCommand('replay', args, input);

// Each test starts the command, most of them to see one error. They rarely fail where command.test.ts does not.
describe('npm run replay', () => {
  it('prints JSON', () => {
    const { code, out } = run([broken, '--json', '--mutant', 'ack-on-gap']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ reproduced: false, mutant: 'ack-on-gap' });
  });

  it('draws a Mermaid diagram', () => {
    const { code, out, err } = run([broken, '--mermaid']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^sequenceDiagram\n/);
    expect(out).toContain('  c0->>r0: 2 REQUEST c0/0 s1\n');
  });

  it('ends with 2 when the file is bad, and says where', () => {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, textOf(shortQuorum).replace('"client":0', '"client":9'));
    const { code, out, err } = run([bad]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `npm run replay: ${bad}:12: events[0].client must be below the number of clients, 2, and is 9.\n`,
    );
  });

  it.each([
    [['--mutant', 'commit-quorum-shrot', 'f'], 'commit-quorum-short'],
    [['--json', '--mermaid', 'f'], 'Choose one of --step, --mermaid and --json.'],
    [['--seed', 'x', 'f'], '--seed must be a whole number'],
    [[], 'It needs 1 FILE'],
  ])('ends with 2 when it is given %j', (args, error) => {
    const { code, err } = run(args);
    expect(code).toBe(2);
    expect(err).toContain(error);
  });

  it('stops at q', () => {
    const { code, out } = run([broken, '--step'], 'n\nq\n\n');
    expect(code).toBe(0);
    expect(out).toContain('Event 1 of 2');
    expect(out).not.toContain('Event 2 of 2');
  });
});
