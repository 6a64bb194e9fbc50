import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { clusterOf } from '../../impl/node/index.ts';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { decimalNumber, oneOf, seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { colours, Progress } from '../../impl/terminal/terminal.ts';
import { realClock } from '../processes/clock.ts';
import { nameOf } from '../processes/faults/faults.ts';
import { type LinkFaultKind, linkFaults } from '../processes/namespaces/linkFaults.ts';
import {
  inOwnNamespaces,
  NamespaceNetwork,
  namespacesProblem,
} from '../processes/namespaces/namespaceNetwork.ts';
import {
  type FaultRound,
  type NamespaceSettings,
  NamespaceTest,
} from '../processes/namespaces/namespaceTest.ts';
import { ownNode } from '../processes/nodes/ownNode.ts';
import { Store } from '../processes/results/store.ts';
import { ClusterClients } from '../processes/tcp/clusterClients.ts';
import { Servers } from '../processes/tcp/servers.ts';
import { checkRegisters } from '../processes/workload/checkRegisters.ts';

const kinds = Object.keys(linkFaults).filter((name): name is LinkFaultKind => name in linkFaults);
const nodes = 3;
const port = 14_621;
/** Clients wait without end, so that their connections go through each fault. */
const deadline = Number.POSITIVE_INFINITY;
/** Set in the process that has namespaces of its own. */
const inside = 'VIEWSTAMPED_NAMESPACES';

const titles = [
  'fault',
  'lasts s',
  'longest ms without an answer meanwhile',
  'ms after it until any answer',
  'until all clients',
  'until all servers are normal',
];

await runCommand(
  {
    command: 'npm run namespaces',
    summary:
      'Runs three real servers, each in a network namespace of its own, and clients in another, over one bridge. Firewalls drop packets\n' +
      'and links go down, one after the other. Reports the longest times without an answer, and checks the history of all clients.\n' +
      'It takes Linux, with root or user namespaces, and ip, ss and iptables. What it makes ends with it, however it ends.\n' +
      'Exit codes: 0 valid, 1 invalid or a server failed, 2 usage, or no namespaces here, 3 unknown.',
    options: {
      faults: { type: 'string', value: 'LIST', help: `of ${kinds.join(', ')} (default: all)` },
      durations: {
        type: 'string',
        value: 'LIST',
        default: '10,110',
        help: 'the seconds that each fault lasts: all faults once for each of these',
      },
      clients: { type: 'string', value: 'N', default: '8', help: 'how many clients' },
      rate: { type: 'string', value: 'N', default: '100', help: 'the operations that begin in a second' },
      keys: { type: 'string', value: 'N', default: '100', help: 'the number of registers' },
      seed: seedOption,
      store: { type: 'string', value: 'DIR', default: 'store', help: 'the directory for results' },
      probe: { type: 'boolean', help: 'only tell whether this machine has what it takes: code 0, or 2' },
    },
  },
  async ({ values }) => {
    const faults = values.faults?.split(',').map((kind) => oneOf('--faults', kind, kinds)) ?? kinds;
    const settings = {
      seed: seedFrom(values.seed),
      faults,
      durations: values.durations
        .split(',')
        .map((text) => 1000 * decimalNumber('--durations', text, { min: 0.1, max: 3_600 })),
      clients: wholeNumber('--clients', values.clients, { min: 1, max: 1_000 }),
      rate: decimalNumber('--rate', values.rate, { min: 0.1, max: 10_000 }),
      keys: wholeNumber('--keys', values.keys, { min: 1, max: 10_000 }),
    };
    if (process.env[inside] !== undefined) return test(settings, values.store);
    const problem = await namespacesProblem();
    if (problem !== undefined) throw new UsageError(problem);
    if (values.probe !== true) return again();
    console.log('This machine gives network namespaces.');
    return 0;
  },
);

/** Runs this command again in namespaces of its own. They end with that process, which ends with this one. Yields its exit code. */
async function again(): Promise<number> {
  const [script = fileURLToPath(import.meta.url), ...args] = process.argv.slice(1);
  const own = inOwnNamespaces(process.execPath, [...process.execArgv, script, ...args]);
  const child = spawn(own.command, own.args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, [inside]: 'yes' },
  });
  // Ctrl-C reaches that process by itself, which reports what it has.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      child.kill('SIGKILL');
      process.exit(128 + constants.signals[signal]);
    });
  const [code]: unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

async function test(settings: NamespaceSettings, directory: string): Promise<number> {
  process.stdin.on('end', () => process.exit(1)).resume();
  const clock = realClock();
  const ending = new AbortController();
  process.on('SIGINT', () => ending.abort(new Error('Interrupted.')));
  const failed = (failure: Error): void => ending.abort(failure);
  const store = new Store(directory, 'namespaces');
  console.log(`seed ${settings.seed}, results in ${store.path}`);
  const network = await NamespaceNetwork.make(nodes);
  const cluster = clusterOf(network.hosts.map((host) => ({ host, port })));
  const replicas_addresses = network.hosts.map((host) => `${host}:${port}`);
  const config = store.writeConfig('cluster', stringify({ replicas_addresses }));
  const program = await ownNode('server', { ruleChange: undefined, diskLatency: 0 });
  const programOf = (node: number) => {
    const own = ['--config', config, '--index', String(node), '--data', '{data}'];
    const name = nameOf(node);
    const { command, args } = network.within(node, program.command, [...program.args, ...own]);
    return { command, args, data: store.data(name), log: store.log(name) };
  };
  const servers = new Servers(cluster, programOf, failed, () => undefined);
  const access = new ClusterClients(cluster, deadline, failed);
  const run = new NamespaceTest(settings, cluster, network, access, clock);
  const progress = new Progress();
  const timer = setInterval(() => {
    progress.show(
      () =>
        `${(clock.now() / 1000).toFixed(0)} s, ${run.phase}: ${grouped(run.history.events.length)} events`,
    );
  }, 100);
  try {
    await servers.start();
    await run.run(ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    clearInterval(timer);
    progress.clear();
    access.close();
    await servers.end();
    network.end();
    await store.close();
    // It would keep this process from its end.
    process.stdin.destroy();
  }
  store.writeHistory(run.history.events);
  store.writeResults({ settings: { ...settings }, rounds: run.rounds });
  for (const line of columns([titles, ...run.rounds.map(rowOf)])) console.log(line);
  const { valid, explanation } = checkRegisters(run.history.events);
  const end: unknown = ending.signal.reason;
  if (end !== undefined) console.log(`\n${end instanceof Error ? end.message : String(end)}`);
  const word =
    valid === 'unknown' ? colours.yellow('Unknown') : valid ? colours.green('Valid') : colours.red('Invalid');
  console.log(`\n${word}: ${explanation}`);
  if (valid === false) return 1;
  if (end !== undefined) return end instanceof Error && end.message === 'Interrupted.' ? 130 : 1;
  return valid === 'unknown' ? 3 : 0;
}

function rowOf(round: FaultRound): readonly string[] {
  const { fault, duration, longestGap, untilAny, untilAll, untilNormal } = round;
  const time = (milliseconds: number): string =>
    Number.isFinite(milliseconds) ? milliseconds.toFixed(0) : 'never';
  return [
    fault,
    String(duration / 1000),
    longestGap === null ? 'no majority' : time(longestGap),
    ...[untilAny, untilAll, untilNormal].map(time),
  ];
}
