import {
  type Configuration,
  configure,
  createReplica,
  type Entry,
  fork,
  Log,
  ledgerService,
  type Message,
  type Replica,
  step,
} from '../../impl/index.ts';
import { median, quantile } from '../quantile.ts';

/** How long the log is when the measurements begin. */
const sizes = [1e3, 1e5, 1e7] as const;
const clients = 1e5;
/** Short slices in many rounds: what else the machine does spoils some of them, and leaves the median alone. */
const operations = 4000;
const rounds = 60;
const warmUps = 6;
/** Every order in which the stages can take turns. */
const orders = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
  [0, 2, 1],
  [2, 0, 1],
  [1, 0, 2],
] as const;

/** A group of three replicas, all stepped by this thread, at the end of a log of some length. */
interface GroupAtLength {
  readonly size: number;
  readonly replicas: readonly Replica[];
  /** Nanoseconds per step, one figure for each round. */
  readonly stepped: number[];
  /** Nanoseconds per fork of a replica, one figure for each round. */
  readonly forked: number[];
}

/**
 * Measures what a step of the bare protocol core costs while operations are committed, REQUEST to execution on all
 * three replicas, at logs of very different lengths. The lengths take turns, in one process, so that whatever else the
 * machine is doing falls on all of them alike.
 */
export async function benchCore(print: (line: string) => void): Promise<void> {
  // What is measured is a log that was never compacted: a first checkpoint would go through all of it.
  const configuration = configure(3, 'diskless', ledgerService, {
    checkpointEvery: Number.MAX_SAFE_INTEGER,
    sessions: Number.POSITIVE_INFINITY,
  });
  assertLikeStepped(configuration);
  const stages = groupsAtLengths(configuration, print);
  globalThis.gc?.();
  for (let round = -warmUps; round < rounds; round++) {
    for (const index of orders[(round + warmUps) % orders.length] ?? []) {
      const stage = stages[index];
      if (stage === undefined) throw new Error(`There is no stage ${index}.`);
      // Without this, one place in the order would pay for the garbage of the others, whatever its log's length.
      globalThis.gc?.(true);
      const stepped = measureSteps(stage);
      const forked = measureForks(stage);
      // The first rounds only warm the compiler up.
      if (round < 0) continue;
      stage.stepped.push(stepped);
      stage.forked.push(forked);
    }
    // A long benchmark must not starve whoever waits for its lines.
    await new Promise((resolve) => setImmediate(resolve));
  }
  tell(stages, print);
}

function tell(stages: readonly GroupAtLength[], print: (line: string) => void): void {
  const [first] = stages;
  if (first === undefined) return;
  print(
    `Medians of ${rounds} rounds (${show(operations)} operations each), and their spread from 10 % to 90 %:`,
  );
  print('     log length   ns per step                 ratio   ns per fork   ratio');
  for (const { size, stepped, forked } of stages) {
    const spread = `${show(quantile(stepped, 0.1))}–${show(quantile(stepped, 0.9))}`;
    print(
      `${show(size).padStart(15)} ${show(median(stepped)).padStart(13)} (${spread})`.padEnd(45) +
        (median(stepped) / median(first.stepped)).toFixed(2) +
        median(forked).toFixed(1).padStart(14) +
        (median(forked) / median(first.forked)).toFixed(2).padStart(8),
    );
  }
}

/** The stages share one log, each going on where the one before it ends. */
function groupsAtLengths(
  configuration: Configuration,
  print: (line: string) => void,
): readonly GroupAtLength[] {
  const names = Array.from({ length: clients }, (_, client) => nameOf(client));
  let log = Log.empty;
  let ledger = ledgerService.initial;
  return sizes.map((size) => {
    while (log.length < size) {
      const request = requestOf(log.length + 1, names);
      log = log.append(request);
      ledger = ledgerService.apply(ledger, request.operation, predicted).state;
    }
    const primary = replicaAt(configuration, 0, log, ledger);
    print(`${show(size)} entries, ${show(primary.clientTable.size)} clients: ${show(memory())} MB in all`);
    const replicas = [0, 1, 2].map((number) => alike(primary, number));
    return { size, replicas, stepped: [], forked: [] };
  });
}

/** A replica that has executed this log. Stepping it there would take minutes: see `assertLikeStepped`. */
function replicaAt(configuration: Configuration, number: number, log: Log, serviceState: unknown): Replica {
  const replica = createReplica(configuration, number);
  replica.log = log;
  replica.commitNumber = log.length;
  replica.serviceState = serviceState;
  const requestNumbers = Array.from({ length: clients }, (_, client) => latestOf(client, log.length));
  replica.clientTable = replica.clientTable.with(
    requestNumbers.map((requestNumber, client) => [
      nameOf(client),
      { session: 0, requestNumber, results: [0], opNumber: 0 },
    ]),
  );
  return replica;
}

/** The replica with this number that has taken over all that the other has: three logs of 10⁷ entries do not fit. */
function alike(
  { configuration, log, commitNumber, serviceState, clientTable }: Replica,
  number: number,
): Replica {
  const replica = createReplica(configuration, number);
  return Object.assign(replica, { log, commitNumber, serviceState, clientTable });
}

/** The replicas on which we measure would prove nothing if they were not what a group that was stepped there is. */
function assertLikeStepped(configuration: Configuration): void {
  const [length] = sizes;
  const stepped = replicaAt(configuration, 0, Log.empty, ledgerService.initial);
  const group = [stepped, alike(stepped, 1), alike(stepped, 2)];
  let log = Log.empty;
  let ledger = ledgerService.initial;
  for (let opNumber = 1; opNumber <= length; opNumber++) {
    const request = requestOf(opNumber);
    commit(group, request);
    log = log.append(request);
    ledger = ledgerService.apply(ledger, request.operation, predicted).state;
  }
  const made = replicaAt(configuration, 0, log, ledger);
  if (essenceOf(stepped) !== essenceOf(made))
    throw new Error('The replicas are not as if they had been stepped.');
}

/** What the two ways to get a replica to the end of a log must agree on. Results differ: nobody reads them again. */
function essenceOf({
  status,
  viewNumber,
  commitNumber,
  serviceState,
  log,
  clientTable,
  pending,
}: Replica): string {
  const numbers = [...clientTable].map(([name, { requestNumber }]) => `${name}:${requestNumber}`).sort();
  return JSON.stringify({
    status,
    viewNumber,
    commitNumber,
    serviceState,
    log,
    numbers,
    pending: pending.size,
  });
}

function nameOf(client: number): string {
  return `c${client}/0`;
}

/** What is predicted for every request here: nobody reads a clock. */
const predicted = { time: 0, random: 0 };

/** The clients take turns, each with its next request. */
function requestOf(opNumber: number, names?: readonly string[]): Entry {
  const client = opNumber % clients;
  const clientId = names?.[client] ?? nameOf(client);
  const requestNumber = latestOf(client, opNumber);
  return { type: 'REQUEST', operation: 'add', clientId, session: 0, requestNumber, predicted };
}

/** The number of the client's latest request in a log of this length. Each made one before the log began. */
function latestOf(client: number, length: number): number {
  return client === 0 ? Math.floor(length / clients) + 1 : Math.floor((length - client) / clients) + 2;
}

function measureSteps(stage: GroupAtLength): number {
  const replicas = stage.replicas.map(fork);
  const requests = Array.from({ length: operations }, (_, index) => requestOf(stage.size + index + 1));
  let steps = 0;
  const begin = process.hrtime.bigint();
  for (const request of requests) steps += commit(replicas, request);
  const took = Number(process.hrtime.bigint() - begin);
  for (const { commitNumber, log } of replicas) {
    if (log.length !== stage.size + operations || commitNumber < log.length - 1)
      throw new Error(`Only ${commitNumber} of ${stage.size + operations} operations were committed.`);
  }
  return took / steps;
}

/** Gives the primary the request, and delivers all that follows. Yields how many steps that took. */
function commit(replicas: readonly Replica[], request: Entry): number {
  const letters: { readonly to: number; readonly message: Message }[] = [{ to: 0, message: request }];
  for (const { to, message } of letters) {
    const replica = replicas[to];
    if (replica === undefined) continue;
    for (const output of step(replica, { type: 'message', message })) {
      if (output.type === 'send') letters.push(output);
    }
  }
  return letters.length;
}

function measureForks({ replicas }: GroupAtLength): number {
  const [replica] = replicas;
  if (replica === undefined) return 0;
  // A compiler that saw that nobody keeps the copies would not make them.
  const kept: Replica[] = [];
  const begin = process.hrtime.bigint();
  for (let index = 0; index < operations; index++) kept[index % 64] = fork(replica);
  const took = Number(process.hrtime.bigint() - begin);
  if (kept.some(({ log }) => log !== replica.log)) throw new Error('A fork is not what it was copied from.');
  return took / operations;
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

/** A figure without its fraction, with its thousands set apart. */
export function show(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}
