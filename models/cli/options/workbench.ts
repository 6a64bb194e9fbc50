import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Given, UsageError } from '../../../impl/terminal/arguments.ts';
import {
  decimalNumber,
  oneOf,
  seedFrom,
  seedOption,
  wholeNumber,
} from '../../../impl/terminal/optionValues.ts';
import type { RuleChange } from '../../mutants/mutant.ts';
import {
  diskFaultKinds,
  type FaultIntervals,
  type FaultKind,
  faultKinds,
  faultTargets,
  planFaults,
} from '../../processes/faults/plan.ts';
import { distributions } from '../../processes/network/networkConditions.ts';
import type { NodeVariant } from '../../processes/nodes/ownNode.ts';
import type { TestSettings } from '../../processes/test/settings.ts';
import { echo } from '../../processes/workload/echo.ts';
import { linKv, linKvTimeout } from '../../processes/workload/linKv.ts';
import { mutantGiven } from './mutants.ts';

const option = (help: string, byDefault: string, value = 'N') =>
  ({ type: 'string', value, help, default: byDefault }) as const;

/** The options of the workbench, with Maelstrom's names and defaults where Maelstrom has them. */
export const options = {
  workload: { ...option('lin-kv or echo', 'lin-kv', 'NAME'), short: 'w' },
  bin: {
    type: 'string',
    value: 'PATH',
    help: 'the program of a node (default: our own, with --data {data})',
  },
  mutant: {
    type: 'string',
    value: 'NAME',
    help: 'load a mutant in our own nodes: a name from npm run mutants',
  },
  tick: {
    type: 'string',
    value: 'MS',
    help: 'length of a tick of our own nodes; backups suspect a primary after six silent ticks (default: 50)',
  },
  'disk-latency': {
    type: 'string',
    value: 'MS',
    help: 'delay of each disk write of our own nodes (default: 0)',
  },
  transport: option(
    'lines: programs that speak the protocol of Maelstrom; tcp: our own servers and clients',
    'lines',
    'NAME',
  ),
  'node-count': option('the number of nodes, n0 to n(N - 1)', '5'),
  concurrency: option('the number of clients; 2n is two for each node', '1n'),
  'time-limit': option('how long operations and faults go on', '60', 'SECONDS'),
  rate: option('the mean number of operations that begin in a second', '5'),
  keys: option('the number of registers; lin-kv only', '5'),
  latency: option('the mean latency of messages between nodes', '0', 'MS'),
  'latency-dist': option(distributions.join(', '), 'constant', 'NAME'),
  loss: option('the probability that a message between nodes is lost, 0 to 1', '0', 'P'),
  duplication: option('the probability that a message between nodes arrives twice, 0 to 1', '0', 'P'),
  nemesis: {
    type: 'string',
    value: 'LIST',
    help:
      `the kinds of faults: ${faultKinds.join()}, with tcp also ${diskFaultKinds.join()}; ` +
      'kill:2 has an interval of its own (default: none)',
  },
  'nemesis-interval': option(
    'the mean length of a fault, and of the time until the next of its kind',
    '10',
    'SECONDS',
  ),
  targets: option(
    'the nodes that faults hit: any of these; partitions aim at the primary or at random nodes',
    faultTargets.join(),
    'LIST',
  ),
  recovery: option('how long the service may fail to answer after all faults have ended', '10', 'SECONDS'),
  seed: seedOption,
  store: option('the directory for results, with a link to the latest', 'store', 'DIR'),
  'log-messages': { type: 'boolean', help: 'record every message, too' },
  trace: {
    type: 'boolean',
    help: 'trace every step of our own servers, and hold the run to the specification at the end; tcp only',
  },
  'log-stderr': { type: 'boolean', help: 'show the standard error of all nodes' },
} as const;

/** The command line, read and validated. */
export interface WorkbenchOptions extends NodeVariant {
  readonly workload: 'lin-kv' | 'echo';
  readonly transport: Transport;
  /** The program of a node. Undefined: our own node. */
  readonly command: string | undefined;
  /** The length of a tick of our own nodes, in milliseconds. Undefined: their default. */
  readonly tick: number | undefined;
  readonly args: readonly string[];
  readonly settings: TestSettings;
  readonly store: string;
  readonly logMessages: boolean;
  readonly logStderr: boolean;
  /** Whether our own servers trace their steps. */
  readonly trace: boolean;
}

/** How nodes exchange messages. */
type Transport = 'lines' | 'tcp';

const second = 1000;
/** How long a client of our own library waits for an answer, in milliseconds: the library's default. */
const clientTimeout = 10_000;

/** Reads the command line. Throws a `UsageError`. */
export function workbenchOptionsFrom({ values, positionals }: Given<typeof options>): WorkbenchOptions {
  const seed = seedFrom(values.seed);
  const workload = oneOf('--workload', values.workload, ['lin-kv', 'echo']);
  const keys = wholeNumber('--keys', values.keys, { min: 1, max: 10_000 });
  const latency = decimalNumber('--latency', values.latency, { min: 0, max: 60_000 });
  const duration = second * decimalNumber('--time-limit', values['time-limit'], { min: 0.1, max: 86_400 });
  const interval = intervalOf('--nemesis-interval', values['nemesis-interval']);
  const transport = oneOf('--transport', values.transport, ['lines', 'tcp']);
  if (transport === 'tcp') rejectWithTcp(values);
  else if (values.trace) throw new UsageError('--trace is for our own servers. Add --transport tcp.');
  // Our own group has at most 31 replicas.
  const maxNodes = transport === 'tcp' ? 31 : 100;
  const nodes = wholeNumber('--node-count', values['node-count'], { min: 1, max: maxNodes });
  const { kinds, intervals } = nemesisOf(values.nemesis, nodes, transport);
  const [target, ...others] = listOf('--targets', values.targets, faultTargets);
  const share = { min: 0, max: 1 };
  return {
    ...{ workload, transport },
    command: values.bin === undefined ? undefined : executableGiven(values.bin),
    ruleChange: ruleChangeGiven(values.bin, values.mutant, transport),
    tick: ownGiven('--tick', values.bin, values.tick, 1),
    diskLatency: ownGiven('--disk-latency', values.bin, values['disk-latency'], 0) ?? 0,
    args: values.bin === undefined && positionals.length === 0 ? ['--data', '{data}'] : positionals,
    settings: {
      ...{ seed, nodes, duration },
      concurrency: concurrencyOf(values.concurrency, nodes),
      rate: decimalNumber('--rate', values.rate, { min: 0.01, max: 100_000 }),
      recovery: second * decimalNumber('--recovery', values.recovery, { min: 0.1, max: 3600 }),
      networkConditions: {
        ...{ seed, latency },
        distribution: oneOf('--latency-dist', values['latency-dist'], distributions),
        loss: decimalNumber('--loss', values.loss, share),
        duplication: decimalNumber('--duplication', values.duplication, share),
      },
      workload:
        workload === 'echo' ? echo : linKv(keys, transport === 'tcp' ? clientTimeout : linKvTimeout(latency)),
      plan: planFaults({ seed, kinds, targets: [target, ...others], nodes, interval, intervals, duration }),
    },
    store: values.store,
    logMessages: values['log-messages'],
    logStderr: values['log-stderr'],
    trace: values.trace,
  };
}

function concurrencyOf(text: string, nodes: number): number {
  const [, count, each] = /^(\d{1,5})(n?)$/.exec(text) ?? [];
  const clients = Number(count) * (each === 'n' ? nodes : 1);
  if (clients >= 1 && clients <= 10_000) return clients;
  throw new UsageError(
    `--concurrency must be a whole number of clients from 1 to 10000, or one for each node such as 2n, ` +
      `and '${text}' is not.`,
  );
}

/** Rejects options that have no effect over TCP, rather than ignoring them. */
function rejectWithTcp(values: Given<typeof options>['values']): void {
  const reasons = {
    bin: '--transport tcp tests only our own servers. Leave out --bin or --transport.',
    'log-messages': '--log-messages records lines, and --transport tcp has none. Leave out one of them.',
  };
  if (values.bin !== undefined) throw new UsageError(reasons.bin);
  if (values['log-messages']) throw new UsageError(reasons['log-messages']);
  if (values.workload !== 'lin-kv') throw new UsageError('--transport tcp has only the workload lin-kv.');
  if (Number(values.duplication) !== 0)
    throw new UsageError(
      '--duplication: no message arrives twice over TCP. Leave out --duplication or --transport.',
    );
}

/** Reads an interval in seconds. Returns milliseconds. */
function intervalOf(name: string, text: string): number {
  return second * decimalNumber(name, text, { min: 0.01, max: 86_400 });
}

/** Reads kinds of faults, some with an interval of their own, such as partition:0.2,kill. */
function nemesisOf(
  text: string | undefined,
  nodes: number,
  transport: Transport,
): { readonly kinds: readonly FaultKind[]; readonly intervals: FaultIntervals } {
  if (text === undefined) return { kinds: [], intervals: {} };
  const given = text.split(',').map((word) => word.split(':').map((part) => part.trim()));
  const kinds = kindsOf(given.map(([kind]) => kind).join(), nodes, transport);
  const intervals = given.flatMap(([kind, ...interval]) =>
    interval.length === 0 ? [] : [[kind, intervalOf(`--nemesis ${kind}:`, interval.join(':'))]],
  );
  return { kinds, intervals: Object.fromEntries(intervals) };
}

function kindsOf(text: string, nodes: number, transport: Transport): readonly FaultKind[] {
  const known = transport === 'tcp' ? [...faultKinds, ...diskFaultKinds] : faultKinds;
  const words = text.split(',').map((word) => word.trim());
  const diskFault = transport === 'tcp' ? undefined : diskFaultKinds.find((kind) => words.includes(kind));
  if (diskFault !== undefined) throw new UsageError(`--nemesis ${diskFault} needs --transport tcp.`);
  const kinds = listOf('--nemesis', text, known);
  if (kinds.includes('full') && process.platform !== 'linux')
    throw new UsageError('--nemesis full works on Linux only. Leave it out.');
  if (nodes > 1 || !kinds.includes('partition')) return kinds;
  throw new UsageError('--nemesis partition needs two nodes or more.');
}

function listOf<const Word extends string>(
  name: string,
  text: string,
  words: readonly Word[],
): readonly [Word, ...Word[]] {
  const given = text.split(',').map((word) => word.trim());
  const twice = given.find((word, place) => given.indexOf(word) < place);
  if (twice !== undefined) throw new UsageError(`${name} has '${twice}' twice. Give it once.`);
  const [first = '', ...others] = given;
  return [oneOf(name, first, words), ...others.map((word) => oneOf(name, word, words))];
}

function ruleChangeGiven(
  bin: string | undefined,
  mutant: string | undefined,
  transport: Transport,
): RuleChange | undefined {
  if (mutant === undefined) return undefined;
  if (bin !== undefined)
    throw new UsageError('--mutant changes our own node, and --bin names another. Give one of them.');
  const ruleChange = mutantGiven(mutant);
  if (transport === 'tcp' && ruleChange.edits.some(({ file }) => file.startsWith('client/')))
    throw new UsageError(
      `--mutant ${mutant} changes clients, and --transport tcp loads mutants in servers only. Leave out --transport.`,
    );
  return ruleChange;
}

/** Reads an option in milliseconds that only our own nodes have. */
function ownGiven(
  name: string,
  bin: string | undefined,
  given: string | undefined,
  min: number,
): number | undefined {
  if (bin !== undefined && given !== undefined)
    throw new UsageError(`${name} is for our own nodes, and --bin names another. Give one of them.`);
  return wholeNumber(name, given, { min, max: 60_000 });
}

/** Reads a program. The system searches for a name without a slash that is no file here, as a shell does. */
function executableGiven(path: string): string {
  if (!path.includes('/') && !existsSync(path)) return path;
  const file = resolve(path);
  if (!existsSync(file)) throw new UsageError(`--bin must be a program, and there is no file ${file}.`);
  if (!statSync(file).isFile()) throw new UsageError(`--bin must be a program, and ${file} is no file.`);
  try {
    accessSync(file, constants.X_OK);
  } catch {
    throw new UsageError(`--bin must be a program, and ${file} may not be executed. Try chmod +x on it.`);
  }
  return file;
}
