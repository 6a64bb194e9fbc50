import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import { root } from '../root.ts';
import { type Ran, runCommand } from '../running.ts';
import { until } from './simulatedTest.ts';

const nodes = join(root, 'properties/processes/nodes');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The arguments of the workbench that runs this program as its nodes. */
function argumentsFor(program: string, options: string, ...args: readonly string[]): readonly string[] {
  const given = options.split(' ').filter((option) => option !== '');
  return [...given, '--store', folder, '--bin', process.execPath, '--', join(nodes, program), ...args];
}

function run(program: string, options: string, ...args: readonly string[]): Ran {
  return runCommand('workbench', argumentsFor(program, options, ...args));
}

const eventLine = z.object({
  ...{ index: z.int(), time: z.int(), process: z.union([z.int(), z.literal('nemesis')]), f: z.string() },
  ...{ type: z.enum(['invoke', 'ok', 'fail', 'info']), value: z.json(), error: z.json().optional() },
});

function kept(name: string): string {
  return readFileSync(join(folder, 'latest', name), 'utf8');
}

function history(): readonly HistoryEvent[] {
  const lines = kept('history.jsonl').trimEnd().split('\n');
  return lines.map((line) => {
    const { error, ...event } = eventLine.parse(JSON.parse(line));
    return error === undefined ? event : { ...event, error };
  });
}

/** The process ids of nodes of the latest test that still run. Each node writes its own into its data directory. */
function survivors(): readonly number[] {
  const data = join(folder, 'latest', 'data');
  const files = readdirSync(data).map((node) => join(data, node, 'pid'));
  expect(files).not.toEqual([]);
  return files.map((file) => Number(readFileSync(file, 'utf8'))).filter(isRunning);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** `--recovery` is generous: a test ends as soon as every client is answered, and must not fail on a slow machine. */
const faulty =
  '--recovery 300 --time-limit 3 --rate 150 --concurrency 2n --node-count 3 --seed 5 --latency 2 --latency-dist exponential ' +
  '--loss 0.02 --duplication 0.05 --nemesis partition,kill,pause --nemesis-interval 0.5';

// Each test runs real processes for seconds. In npm test the workbench is started by echo.test.ts alone.
describe('npm run workbench with lin-kv', () => {
  it('ends with 0 for a correct store under all faults, and stores the history', () => {
    const { code, out } = run('store.mjs', `${faulty} --log-messages`, '{data}');
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('The history is linearizable'),
    });
    const faults = new Set(history().flatMap(({ process, f }) => (process === 'nemesis' ? [f] : [])));
    expect(faults).toEqual(
      new Set(['start-partition', 'stop-partition', 'kill', 'start', 'pause', 'resume']),
    );
    const { traffic, settings, ...results } = JSON.parse(kept('results.json'));
    expect(results).toMatchObject({ failure: null, workload: 'lin-kv' });
    for (const f of ['read', 'write']) expect(results.operations[f].ok).toBeGreaterThan(0);
    for (const count of Object.values(traffic)) expect(count).toBeGreaterThanOrEqual(0);
    expect(traffic.duplicated).toBeGreaterThan(0);
    // A fault whose nodes all suffer another fault is skipped. Each beginning is recorded before and after.
    const begun = history().filter(({ f }) => ['start-partition', 'kill', 'pause'].includes(f));
    expect(results.faults).toHaveLength(begun.length / 2);
    expect(results.faults.length).toBeLessThanOrEqual(settings.plan.length);
    expect(kept('history.edn').trimEnd().split('\n')).toHaveLength(history().length);
    const fates = kept('messages.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).fate);
    expect(fates.filter((fate) => fate === 'duplicated')).toHaveLength(traffic.duplicated);
    expect(readdirSync(join(folder, 'latest', 'node-logs'))).toEqual(['n0.log', 'n1.log', 'n2.log']);
    expect(survivors()).toEqual([]);
  });

  it('repeats faults and operations with an equal seed', () => {
    const [first, second] = [1, 2].map(() => {
      run('store.mjs', `${faulty} --time-limit 1`.replace('--time-limit 3 ', ''), '{data}');
      const { settings } = JSON.parse(kept('results.json'));
      const invoked = history().filter(({ type, process }) => type === 'invoke' && process !== 'nemesis');
      // The number of operations before the final reads depends on the machine's speed.
      const beforeReads = invoked.slice(0, invoked.findLastIndex(({ f }) => f !== 'read') + 1);
      return { settings, operations: beforeReads.map(({ f, value }) => [f, value]) };
    });
    const common = Math.min(50, ...[first, second].map((test) => test?.operations.length ?? 0));
    expect(common).toBeGreaterThan(10);
    expect(second?.operations.slice(0, common)).toEqual(first?.operations.slice(0, common));
    expect(second?.settings).toEqual(first?.settings);
  });

  it('ends with 1 for a store with stale reads, and shows the window', () => {
    const stale = run('store.mjs', '--time-limit 2 --rate 200 --node-count 3 --keys 2', '{data}', 'stale');
    expect(stale.code).toBe(1);
    expect(stale.out).toContain('Invalid: The history is not linearizable.');
    expect(stale.out).toMatch(/process +operation +returned/);
  });

  it('ends with 1 for a store that forgets writes when it is killed', () => {
    const faults = '--nemesis kill --targets all --nemesis-interval 0.5';
    const forgetful = run(
      'store.mjs',
      `--time-limit 3 --rate 200 --node-count 2 --keys 2 --seed 1 ${faults}`,
      '{data}',
      'forgetful',
    );
    expect(forgetful.code).toBe(1);
    expect(survivors()).toEqual([]);
  });

  it('ends all nodes on SIGINT, and stores the history until then', async () => {
    const args = argumentsFor(
      'store.mjs',
      `${faulty.replace('--time-limit 3', '--time-limit 1000')} --log-messages`,
      '{data}',
    );
    const child = spawn(process.execPath, ['--import', 'tsx', 'models/cli/workbench.ts', ...args], {
      cwd: root,
      stdio: 'ignore',
    });
    const messages = join(folder, 'latest', 'messages.jsonl');
    await until(() => existsSync(messages) && statSync(messages).size > 0);
    // Waits for a moment at which a fault has killed a node.
    await until(() => survivors().length < 3);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(history().length).toBeGreaterThan(0);
    expect(JSON.parse(kept('results.json'))).toMatchObject({
      ...{ valid: 'unknown', failure: 'SIGINT interrupted the test.' },
    });
    expect(survivors()).toEqual([]);
  });
});

describe('npm run workbench over TCP', () => {
  it('ends with 0 for our servers under all faults, and leaves no process running', () => {
    const faults =
      '--nemesis partition,kill,pause,full,torn-write,bit-flip --nemesis-interval 0.7 --targets one';
    const options = `--transport tcp --recovery 300 --time-limit 6 --rate 100 --node-count 3 --concurrency 6 --seed 2 ${faults}`;
    const { code, out } = runCommand('workbench', [...options.split(' '), '--store', folder]);
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('The history is linearizable'),
    });
    const kinds = new Set(history().flatMap(({ process, f }) => (process === 'nemesis' ? [f] : [])));
    for (const f of ['start-partition', 'kill', 'pause', 'full', 'torn-write', 'bit-flip'])
      expect(kinds).toContain(f);
    const { operations, traffic } = JSON.parse(kept('results.json'));
    for (const f of ['read', 'write']) expect(operations[f].ok).toBeGreaterThan(0);
    expect(traffic.connections).toBeGreaterThan(6);
    expect(runningFor(folder)).toEqual([]);
  });
});

describe('npm run workbench with a mutant', () => {
  it.each([
    ['lines', 'primary-keeps-own-log', '--loss 0.02 --duplication 0.1'],
    ['tcp', 'dvc-quorum-f', '--loss 0.002'],
  ])('ends with 1, over %s with %s', (transport, mutant, networkConditions) => {
    const options =
      `--transport ${transport} --mutant ${mutant} ${networkConditions} --latency 3 --latency-dist pareto --tick 10 ` +
      '--node-count 3 --time-limit 8 --rate 200 --concurrency 8n --nemesis partition:0.2 --targets primary,one';
    // How soon a test meets the fault depends on the machine's speed, so up to five tests may look for it.
    const test = (seed: number): Ran =>
      runCommand('workbench', [...options.split(' '), '--seed', String(seed), '--store', folder]);
    let { code, out } = test(1);
    for (let seed = 2; seed <= 5 && code !== 1; seed++) ({ code, out } = test(seed));
    expect({ code, out }).toMatchObject({
      code: 1,
      out: expect.stringMatching(/Invalid: (The history is not linearizable|Nodes rejected messages)/),
    });
    expect(runningFor(folder)).toEqual([]);
  });
});

/** The command lines of processes on this machine that contain this path. */
function runningFor(path: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
      return line.includes(path) ? [line] : [];
    } catch {
      // The process has ended in the meantime.
      return [];
    }
  });
}

describe('npm run workbench with a faulty node', () => {
  it.each([
    ['exit', 'exited with code 3 unexpectedly.'],
    ['crash', 'exited with code 4 unexpectedly.'],
    ['garbage', 'printed a line that is not JSON.'],
    ['shapeless', 'sent a message that is malformed: "dest" is missing.'],
    ['nowhere', "sent a message to 'n99', and there is no such node."],
    ['disguise', "sent a message in the name of 'n9', and there is no such node."],
    ['endless', 'printed a line of more than 16777216 characters.'],
    ['deep', 'sent an answer to echo that is nested too deeply to be read.'],
    ['answer', 'sent an answer to echo that is malformed: "echo" is missing.'],
    ['error', 'sent an error that is malformed: "code" must be a whole number.'],
  ])('ends with 1 and reports the failure of %s', (mistake, message) => {
    const { code, out, err } = run('bad.mjs', '-w echo --time-limit 60 --rate 50 --node-count 2', mistake);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain(message);
    expect(out).toMatch(/^The last of its standard error, all of which is in .*n[01]\.log:$/m);
    expect(out).toContain(`  This node does ${mistake}.\n`);
    expect(out).toContain('Invalid: A node failed.\n');
    // Control characters of a node's output do not reach the terminal.
    expect(out).not.toContain('\u001b');
    expect(JSON.parse(kept('results.json'))).toMatchObject({ valid: false });
  });

  it('shows standard error with --log-stderr', () => {
    const { err } = run('bad.mjs', '-w echo --time-limit 1 --node-count 1 --log-stderr', 'exit');
    expect(err).toBe('n0: This node does exit.\n');
  });
});

describe('npm run workbench with a bad command line', () => {
  it.each([
    [['--nosuch'], 'There is no option --nosuch.'],
    [['--bin', 'no-such-program'], 'no-such-program cannot be run: spawn no-such-program ENOENT.'],
  ])('ends with 2 when it is given %j', (args, message) => {
    const { code, out, err } = runCommand('workbench', ['--store', folder, ...args]);
    expect({ code, out: out.replace(/^seed .*\n/, '') }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('ends with 2 when --store is not a directory', () => {
    writeFileSync(join(folder, 'file'), '');
    const { code, err } = runCommand('workbench', [
      '--store',
      join(folder, 'file'),
      '--bin',
      process.execPath,
    ]);
    expect(code).toBe(2);
    expect(err).toContain('--store must be a directory that can be written to, and ');
  });

  it('lists its options in its help', () => {
    const { code, out } = runCommand('workbench', ['--help']);
    expect(code).toBe(0);
    for (const option of ['--workload, -w NAME', '--nemesis LIST', '--seed N']) expect(out).toContain(option);
  });
});
