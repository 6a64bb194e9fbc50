import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TerminalSession } from '../node/cli/terminalSession.ts';
import { runCommand } from '../running.ts';

const ctrlC = '\x03';

let folder: string;
let session: TerminalSession | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => {
  session?.close();
  rmSync(folder, { recursive: true });
});

function open(command: string): TerminalSession {
  session = new TerminalSession(`${command} --out ${folder}`);
  return session;
}

// Of this mutant, a first failure is soon found, and takes seconds to shrink.
const found = 'npm run hunt -- --seed 1 --mutant startview-reapplied';

describe('Ctrl-C in a terminal', () => {
  it.each(['npm run hunt --', 'npm start --'])(
    'ends a hunt by %s, which says what it tried',
    async (command) => {
      const hunt = open(`${command} --seed 1 --seconds 600`);
      await hunt.until(' schedules, ');
      hunt.type(ctrlC);
      await hunt.until('No property was broken in ');
      await hunt.until('then it was interrupted.');
      expect(await hunt.end()).toBe(130);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('ends shrinking, and the trace that is kept replays', async () => {
    const hunt = open(found);
    await hunt.until('Found. Shrinking it');
    hunt.type(ctrlC);
    await hunt.until('log-stays is broken. Interrupted while its trace was shrunk');
    await hunt.until('Replay it: ');
    expect(await hunt.end()).toBe(130);
    const [file, ...others] = readdirSync(folder);
    if (file === undefined) throw new Error('No counterexample was kept.');
    expect(others).toEqual([]);
    const { code, out } = runCommand('replay', [join(folder, file)]);
    expect(code).toBe(0);
    expect(out).toContain('log-stays');
  });
});
