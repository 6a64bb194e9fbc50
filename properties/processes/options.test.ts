import { describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from '../../impl/terminal/arguments.ts';
import { options, type WorkbenchOptions, workbenchOptionsFrom } from '../../models/cli/options/workbench.ts';

/** Long enough for every kind of fault. */
const long = ['--time-limit', '600', '--seed', '1'];

function optionsFrom(...argv: readonly string[]): WorkbenchOptions {
  const positionals = { value: 'ARGUMENT', help: '' };
  const line = parseCommandLine({ command: 'x', summary: '', options, positionals }, argv);
  if (line.kind === 'help') throw new Error('The command line asked for help.');
  return workbenchOptionsFrom(line);
}

describe('the command line of the workbench', () => {
  it("has Maelstrom's defaults", () => {
    const { workload, settings, args, store } = optionsFrom('--bin', 'node');
    expect({ workload, args, store }).toEqual({ workload: 'lin-kv', args: [], store: 'store' });
    expect(settings).toMatchObject({ nodes: 5, concurrency: 5, rate: 5, duration: 60_000, plan: [] });
    expect(settings.networkConditions).toMatchObject({
      latency: 0,
      distribution: 'constant',
      loss: 0,
      duplication: 0,
    });
  });

  it('passes arguments after another lone -- to the program', () => {
    const { command, args } = optionsFrom('--bin', 'node', '--', 'server.mjs', '--data', '{data}');
    expect([command, ...args]).toEqual(['node', 'server.mjs', '--data', '{data}']);
  });

  it.each([
    ['7', 7],
    ['1n', 3],
    ['4n', 12],
  ])('takes --concurrency %s for %i clients of three nodes', (text, clients) => {
    expect(
      optionsFrom('--bin', 'node', '--node-count', '3', '--concurrency', text).settings.concurrency,
    ).toBe(clients);
  });

  it('tests our own node by default, with a mutant if one is named', () => {
    expect(optionsFrom()).toMatchObject({
      command: undefined,
      ruleChange: undefined,
      args: ['--data', '{data}'],
    });
    expect(optionsFrom('--mutant', 'no-dedupe', '--', '--tick', '9')).toMatchObject({
      ruleChange: { name: 'no-dedupe' },
      args: ['--tick', '9'],
    });
  });

  it('plans the kinds of faults that it names, and the same plan for equal seeds', () => {
    const plans = ['1', '1', '2'].map(
      (seed) => optionsFrom('--bin', 'node', '--nemesis', 'kill, pause', '--seed', seed).settings.plan,
    );
    expect(new Set(plans[0]?.map(({ kind }) => kind))).toEqual(new Set(['kill', 'pause']));
    expect(plans[1]).toEqual(plans[0]);
    expect(plans[2]).not.toEqual(plans[0]);
  });

  it('plans kinds of faults with intervals of their own, aimed at the primary', () => {
    const { plan } = optionsFrom('--nemesis', 'partition:0.2,kill', '--targets', 'primary', ...long).settings;
    const countOf = (kind: string): number => plan.filter((fault) => fault.kind === kind).length;
    expect(countOf('partition')).toBeGreaterThan(20 * countOf('kill'));
    expect(countOf('kill')).toBeGreaterThan(0);
    expect(plan.every(({ primary }) => primary !== undefined)).toBe(true);
  });

  it('ignores spaces around a kind and its interval', () => {
    const [close, wide] = ['kill,pause:2', 'kill , pause : 2'].map(
      (nemesis) => optionsFrom('--nemesis', nemesis, ...long).settings.plan,
    );
    expect(wide).toEqual(close);
  });

  it('sets the tick of our own nodes', () => {
    expect([optionsFrom().tick, optionsFrom('--tick', '9').tick]).toEqual([undefined, 9]);
  });

  it('sets the delay of disk writes of our own nodes', () => {
    expect([optionsFrom().diskLatency, optionsFrom('--disk-latency', '30').diskLatency]).toEqual([0, 30]);
  });

  it('plans disk faults over TCP, with the longer timeout of the client library', () => {
    const { transport, settings } = optionsFrom(
      '--transport',
      'tcp',
      '--nemesis',
      'full,torn-write,bit-flip,kill',
      ...long,
    );
    expect([transport, settings.workload.timeout]).toEqual(['tcp', 10_000]);
    expect(new Set(settings.plan.map(({ kind }) => kind))).toEqual(
      new Set(['full', 'torn-write', 'bit-flip', 'kill']),
    );
  });

  it.each([
    [['--transport', 'udp'], '--transport must be one of lines, tcp,'],
    [['--transport', 'tcp', '--bin', 'node'], '--transport tcp tests only our own servers.'],
    [['--transport', 'tcp', '--workload', 'echo'], '--transport tcp has only the workload lin-kv.'],
    [['--transport', 'tcp', '--duplication', '0.1'], 'no message arrives twice over TCP.'],
    [['--transport', 'tcp', '--log-messages'], '--log-messages records lines, and --transport tcp has none.'],
    [['--transport', 'tcp', '--node-count', '32'], '--node-count must be a whole number from 1 to 31,'],
    [['--transport', 'tcp', '--mutant', 'client-accepts-any-reply'], 'changes clients'],
    [['--trace'], '--trace is for our own servers. Add --transport tcp.'],
    [['--nemesis', 'bit-flip'], '--nemesis bit-flip needs --transport tcp.'],
    [['--nemesis', 'kill, full:2'], '--nemesis full needs --transport tcp.'],
    [['--bin', 'node', '--mutant', 'no-dedupe'], '--mutant changes our own node'],
    [['--mutant', 'nosuch'], "no mutant 'nosuch'"],
    [['--bin', './nosuch'], '--bin must be a program, and there is no file '],
    [['--bin', '.'], '--bin must be a program, and '],
    [['--bin', 'package.json'], 'may not be executed. Try chmod +x on it.'],
    [['--bin', 'node', '--workload', 'broadcast'], '--workload must be one of lin-kv, echo,'],
    [['--bin', 'node', '--node-count', '0'], '--node-count must be a whole number from 1 to 100,'],
    [['--bin', 'node', '--concurrency', '0n'], '--concurrency must be a whole number of clients'],
    [['--bin', 'node', '--concurrency', 'n'], '--concurrency must be a whole number of clients'],
    [['--bin', 'node', '--concurrency', '10001'], '--concurrency must be a whole number of clients'],
    [['--bin', 'node', '--rate', '0'], '--rate must be a number from 0.01'],
    [['--bin', 'node', '--time-limit', '0'], '--time-limit must be a number from 0.1'],
    [['--bin', 'node', '--keys', '0'], '--keys must be a whole number from 1'],
    [['--bin', 'node', '--latency', '-1'], '--latency must be a number from 0'],
    [
      ['--bin', 'node', '--latency-dist', 'x'],
      '--latency-dist must be one of constant, uniform, exponential,',
    ],
    [['--bin', 'node', '--loss', '1.1'], '--loss must be a number from 0 to 1,'],
    [['--bin', 'node', '--duplication', 'x'], '--duplication must be a number from 0 to 1,'],
    [
      ['--bin', 'node', '--nemesis', 'kill,x'],
      "--nemesis must be one of partition, kill, pause, and 'x' is not.",
    ],
    [['--bin', 'node', '--nemesis', 'kill,kill'], "--nemesis has 'kill' twice."],
    [
      ['--bin', 'node', '--nemesis', 'partition', '--node-count', '1'],
      '--nemesis partition needs two nodes or more',
    ],
    [['--bin', 'node', '--nemesis-interval', '0'], '--nemesis-interval must be a number from 0.01'],
    [
      ['--bin', 'node', '--targets', ''],
      "--targets must be one of one, minority, majority, all, primary, and '' is not.",
    ],
    [['--nemesis', 'kill:0'], '--nemesis kill: must be a number from 0.01'],
    [['--nemesis', 'kill:1:2'], "'1:2' is not."],
    [['--bin', 'node', '--tick', '9'], '--tick is for our own nodes'],
    [['--bin', 'node', '--disk-latency', '9'], '--disk-latency is for our own nodes'],
    [['--disk-latency', '0.5'], '--disk-latency must be a whole number from 0'],
    [['--tick', '0'], '--tick must be a whole number from 1'],
    [['--bin', 'node', '--recovery', 'x'], '--recovery must be a number from 0.1'],
    [['--bin', 'node', '--seed', 'x'], '--seed must be a whole number'],
  ])('is rejected if it is %j', (argv, message) => {
    const read = (): unknown => optionsFrom(...argv);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});
