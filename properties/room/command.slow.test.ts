import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../running.ts';

const folder = mkdtempSync(join(tmpdir(), 'room-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const room = (...args: readonly string[]) => runCommand('room', args);
const replay = (...args: readonly string[]) => runCommand('replay', args);

describe('npm run room', () => {
  it('finds a mutant, and writes a trace that is replayed, and that the real shell survives', () => {
    const hunt = room(
      '--seed',
      '1',
      '--mutant',
      'silence-taken-for-rest',
      '--faults',
      'deadInbound',
      '--out',
      folder,
    );
    expect(hunt).toMatchObject({ code: 1, err: '' });
    expect(hunt.out).toContain('BROKEN: answered-in-time');
    expect(hunt.out).toContain('No strike can be left out.');
    const file = /^Counterexample: (\S+)$/m.exec(hunt.out)?.[1] ?? '';
    const again = replay(file);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('deadInbound: a connection from c0 to r0 is dead');
    expect(again.out).toContain('The run is the recorded one, event by event.');
    const real = replay(file, '--mutant', 'none');
    expect(real).toMatchObject({ code: 1, err: '' });
    expect(real.out).toContain('The recorded property, answered-in-time, is not broken.');
    expect(replay(file, '--step')).toMatchObject({ code: 2, out: '' });
    expect(replay(file, '--mutant', 'nothing')).toMatchObject({ code: 2, out: '' });
  });

  it('says how many hunts find a mutant', () => {
    const { code, out } = room(
      '--seed',
      '1',
      '--mutant',
      'silence-taken-for-rest',
      '--faults',
      'none',
      '--seeds',
      '2',
      '--runs',
      '1',
    );
    expect({ code, out }).toEqual({ code: 1, out: 'silence-taken-for-rest: 0 of 2\n' });
  });

  it.each([
    [['--mutant', 'nothing'], "There is no mutant 'nothing' of the shell."],
    [['--faults', 'flood'], '--faults must be one of oneWay'],
    [['--seeds', '2'], '--seeds needs --mutant NAME, or --mutant all.'],
    [['--replicas', '8'], '--replicas must be a whole number from 1 to 7'],
    [['--seconds', '0'], '--seconds must be a number from 0.1'],
  ])('ends with 2 for %s, and says what is wrong', (args, message) => {
    const { code, out, err } = room(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('names every mutant, property and kind of fault', () => {
    const { code, out } = room('--list');
    expect(code).toBe(0);
    for (const name of ['silence-taken-for-rest: ', 'answered-in-time: ', 'blackout'])
      expect(out).toContain(name);
  });
});
