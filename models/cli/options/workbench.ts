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
import { echo } from '../../processes/echo.ts';
import { linKv, patienceFor } from '../../processes/linKv.ts';
import { distributions } from '../../processes/networkConditions.ts';
import type { Difference } from '../../processes/ownNode.ts';
import {
  diskFaultKinds,
  type FaultKind,
  faultKinds,
  type Intervals,
  planFaults,
  targets,
} from '../../processes/plan.ts';
import type { Settings } from '../../processes/test.ts';
import { mutantGiven } from './mutants.ts';

const number = (help: string, standing: string, value = 'N') =>
  ({ type: 'string', value, help, default: standing }) as const;

/** The options of the workbench: Maelstrom's names and defaults, where it has them. */
export const options = {
  workload: { ...number('lin-kv or echo', 'lin-kv', 'NAME'), short: 'w' },
  bin: {
    type: 'string',
    value: 'PATH',
    help: 'the program that is a node (default: our own, with --data {data})',
  },
  mutant: {
    type: 'string',
    value: 'NAME',
    help: 'plant a bug in our own node: a name from npm run mutants',
  },
  tick: {
    type: 'string',
    value: 'MS',
    help: 'how long a tick of our own nodes is: a primary is given up after six without a word (default: 50)',
  },
  'disk-latency': {
    type: 'string',
    value: 'MS',
    help: 'how long what our own nodes write waits before it goes to the disk (default: 0)',
  },
  transport: number(
    'lines: between programs, as Maelstrom has it; tcp: our own servers and clients',
    'lines',
    'NAME',
  ),
  'node-count': number('how many nodes, n0 to n(N - 1)', '5'),
  concurrency: number('how many clients; 2n is two for each node', '1n'),
  'time-limit': number('how long there are operations and faults', '60', 'SECONDS'),
  rate: number('how many operations begin in a second, on average', '5'),
  keys: number('how many registers there are; lin-kv only', '5'),
  latency: number('how long messages between nodes take, on average', '0', 'MS'),
  'latency-dist': number(distributions.join(', '), 'constant', 'NAME'),
  loss: number('what share of the messages between nodes is lost, 0 to 1', '0', 'P'),
  duplication: number('what share of them arrives twice, 0 to 1', '0', 'P'),
  nemesis: {
    type: 'string',
    value: 'LIST',
    help:
      `which faults there are, of ${faultKinds.join()}, with tcp also ${diskFaultKinds.join()}; ` +
      'kill:2 comes at intervals of its own (default: none)',
  },
  'nemesis-interval': number(
    'how long faults last, and how long there is none of a kind, on average',
    '10',
    'SECONDS',
  ),
  targets: number(
    'whom faults strike, any of these; a partition cuts off the primary or anyone',
    targets.join(),
    'LIST',
  ),
  recovery: number('how long answers may fail to come when all faults have ended', '10', 'SECONDS'),
  seed: seedOption,
  store: number('where everything is kept, with a link to the latest', 'store', 'DIR'),
  'log-messages': { type: 'boolean', help: 'keep every message, too' },
  'log-stderr': { type: 'boolean', help: 'show what nodes write to standard error' },
} as const;

/** What the command line asks for, read and checked. */
export interface Asked extends Difference {
  readonly workload: 'lin-kv' | 'echo';
  readonly transport: Transport;
  /** Undefined: our own node. */
  readonly command: string | undefined;
  /** How long a tick of our own nodes is, in milliseconds. Undefined: as long as usual. */
  readonly tick: number | undefined;
  readonly args: readonly string[];
  readonly settings: Settings;
  readonly store: string;
  readonly logMessages: boolean;
  readonly logStderr: boolean;
}

/** How nodes hear each other. */
type Transport = 'lines' | 'tcp';

const second = 1000;
/** How long a client of our own library waits for an answer, in milliseconds: as long as it does if nobody says. */
const patienceOfClients = 10_000;

/** Reads the command line. Throws a `UsageError`. */
export function askedOf({ values, positionals }: Given<typeof options>): Asked {
  const seed = seedFrom(values.seed);
  const workload = oneOf('--workload', values.workload, ['lin-kv', 'echo']);
  const keys = wholeNumber('--keys', values.keys, { min: 1, max: 10_000 });
  const latency = decimalNumber('--latency', values.latency, { min: 0, max: 60_000 });
  const duration = second * decimalNumber('--time-limit', values['time-limit'], { min: 0.1, max: 86_400 });
  const interval = intervalOf('--nemesis-interval', values['nemesis-interval']);
  const transport = oneOf('--transport', values.transport, ['lines', 'tcp']);
  if (transport === 'tcp') refuseWithTcp(values);
  // A group of ours has 31 replicas at most.
  const most = transport === 'tcp' ? 31 : 100;
  const nodes = wholeNumber('--node-count', values['node-count'], { min: 1, max: most });
  const { kinds, intervals } = nemesisOf(values.nemesis, nodes, transport);
  const [target, ...others] = listOf('--targets', values.targets, targets);
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
        workload === 'echo'
          ? echo
          : linKv(keys, transport === 'tcp' ? patienceOfClients : patienceFor(latency)),
      plan: planFaults({ seed, kinds, targets: [target, ...others], nodes, interval, intervals, duration }),
    },
    store: values.store,
    logMessages: values['log-messages'],
    logStderr: values['log-stderr'],
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

/** Nothing that makes no sense over TCP is silently left out. */
function refuseWithTcp(values: Given<typeof options>['values']): void {
  const reasons = {
    bin: 'our own servers alone are tried over TCP. Leave --bin out, or --transport.',
    'log-messages': 'what goes over TCP are no lines. Leave --log-messages out, or --transport.',
  };
  if (values.bin !== undefined) throw new UsageError(reasons.bin);
  if (values['log-messages']) throw new UsageError(reasons['log-messages']);
  if (values.workload !== 'lin-kv') throw new UsageError('--transport tcp knows no workload but lin-kv.');
  if (Number(values.duplication) !== 0)
    throw new UsageError('--duplication: nothing arrives twice over TCP. Leave it out, or --transport.');
}

/** In milliseconds. */
function intervalOf(name: string, text: string): number {
  return second * decimalNumber(name, text, { min: 0.01, max: 86_400 });
}

/** Kinds of faults, such as partition:0.2,kill, of which some have intervals of their own. */
function nemesisOf(
  text: string | undefined,
  nodes: number,
  transport: Transport,
): { readonly kinds: readonly FaultKind[]; readonly intervals: Intervals } {
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
  const kinds = listOf('--nemesis', text, known);
  if (kinds.includes('full') && process.platform !== 'linux')
    throw new UsageError(
      '--nemesis full limits what a process may write, which works on Linux alone. Leave it out.',
    );
  if (nodes > 1 || !kinds.includes('partition')) return kinds;
  throw new UsageError('--nemesis partition needs two nodes or more: one node cannot be parted from itself.');
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
    throw new UsageError('--mutant plants a bug in our own node, and --bin names another. Give one of them.');
  const ruleChange = mutantGiven(mutant);
  if (transport === 'tcp' && ruleChange.edits.some(({ file }) => file.startsWith('client/')))
    throw new UsageError(
      `--mutant ${mutant} is a bug of clients, and --transport tcp plants bugs in servers. Leave --transport out.`,
    );
  return ruleChange;
}

/** Milliseconds that only our own nodes understand. */
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

/** A name without a slash that is no file here is left to the system, which searches for it as a shell does. */
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
