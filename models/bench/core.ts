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

/** The length of the shortest log when the measurements begin. */
const shortest = 1000;
const clients = 1e5;
/** Short slices in many rounds: other load on the machine spoils some of them, but not the median. */
const operations = 4000;
const warmUps = 6;
/** Every order in which the groups can take turns. */
const orders = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
  [0, 2, 1],
  [2, 0, 1],
  [1, 0, 2],
] as const;

/** A group of three replicas, stepped by this thread, with a log of `size` entries. */
interface GroupAtLength {
  readonly size: number;
  readonly replicas: readonly Replica[];
  /** Nanoseconds per step, one figure a round. */
  readonly stepped: number[];
  /** Nanoseconds per fork of a replica, one figure a round. */
  readonly forked: number[];
}

/**
 * Measures the time of a step of the protocol core at logs of very different lengths, up to `longest` entries, while operations
 * are committed: from REQUEST to execution on all three replicas. The lengths take turns in one process, so that other load
 * affects all alike.
 */
export async function benchCore(print: (line: string) => void, longest: number, rounds = 60): Promise<void> {
  // The log must never be compacted: a first checkpoint would scan all of it.
  const configuration = configure(3, 'diskless', ledgerService, {
    checkpointEvery: Number.MAX_SAFE_INTEGER,
    sessions: Number.POSITIVE_INFINITY,
  });
  assertLikeStepped(configuration);
  const groups = groupsAtLengths(configuration, [shortest, Math.round(longest / 100), longest], print);
  globalThis.gc?.();
  const warming = Math.min(warmUps, rounds);
  for (let round = -warming; round < rounds; round++) {
    for (const index of orders[(round + warming) % orders.length] ?? []) {
      const group = groups[index];
      if (group === undefined) throw new Error(`There is no group ${index}.`);
      // Otherwise a group would pay for the garbage of the one before it.
      globalThis.gc?.(true);
      const stepped = measureSteps(group);
      const forked = measureForks(group);
      // The first rounds only warm up the compiler.
      if (round < 0) continue;
      group.stepped.push(stepped);
      group.forked.push(forked);
    }
    // Lets the output be written between rounds.
    await new Promise((resolve) => setImmediate(resolve));
  }
  printTable(groups, rounds, print);
}

function printTable(groups: readonly GroupAtLength[], rounds: number, print: (line: string) => void): void {
  const [first] = groups;
  if (first === undefined) return;
  print(
    `Medians of ${rounds} rounds (${show(operations)} operations each), and their spread from 10 % to 90 %:`,
  );
  print('     log length   ns per step                 ratio   ns per fork   ratio');
  for (const { size, stepped, forked } of groups) {
    const spread = `${show(quantile(stepped, 0.1))}–${show(quantile(stepped, 0.9))}`;
    print(
      `${show(size).padStart(15)} ${show(median(stepped)).padStart(13)} (${spread})`.padEnd(45) +
        (median(stepped) / median(first.stepped)).toFixed(2) +
        median(forked).toFixed(1).padStart(14) +
        (median(forked) / median(first.forked)).toFixed(2).padStart(8),
    );
  }
}

/** The groups share one log: each extends the log of the one before it. */
function groupsAtLengths(
  configuration: Configuration,
  sizes: readonly number[],
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

/** A replica that has executed this log. It is constructed, because stepping it takes minutes: see `assertLikeStepped`. */
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

/** The replica with this number and the state of the other. They share one log: three logs of 10⁷ entries do not fit. */
function alike(
  { configuration, log, commitNumber, serviceState, clientTable }: Replica,
  number: number,
): Replica {
  const replica = createReplica(configuration, number);
  return Object.assign(replica, { log, commitNumber, serviceState, clientTable });
}

/** Asserts that constructed replicas equal stepped ones, because the measurement uses constructed ones. */
function assertLikeStepped(configuration: Configuration): void {
  const stepped = replicaAt(configuration, 0, Log.empty, ledgerService.initial);
  const group = [stepped, alike(stepped, 1), alike(stepped, 2)];
  let log = Log.empty;
  let ledger = ledgerService.initial;
  for (let opNumber = 1; opNumber <= shortest; opNumber++) {
    const request = requestOf(opNumber);
    commit(group, request);
    log = log.append(request);
    ledger = ledgerService.apply(ledger, request.operation, predicted).state;
  }
  const made = replicaAt(configuration, 0, log, ledger);
  if (essenceOf(stepped) !== essenceOf(made))
    throw new Error('The constructed replicas differ from stepped ones.');
}

/** The state that constructed and stepped replicas must share. Their stored results differ, and are not used again. */
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

/** The predicted values of every request: the benchmark needs no clock. */
const predicted = { time: 0, random: 0 };

/** The request at this position: the clients take turns. */
function requestOf(opNumber: number, names?: readonly string[]): Entry {
  const client = opNumber % clients;
  const clientId = names?.[client] ?? nameOf(client);
  const requestNumber = latestOf(client, opNumber);
  return { type: 'REQUEST', operation: 'add', clientId, session: 0, requestNumber, predicted };
}

/** The number of the client's latest request in a log of this length. Each client made one before the log began. */
function latestOf(client: number, length: number): number {
  return client === 0 ? Math.floor(length / clients) + 1 : Math.floor((length - client) / clients) + 2;
}

function measureSteps(group: GroupAtLength): number {
  const replicas = group.replicas.map(fork);
  const requests = Array.from({ length: operations }, (_, index) => requestOf(group.size + index + 1));
  let steps = 0;
  const begin = process.hrtime.bigint();
  for (const request of requests) steps += commit(replicas, request);
  const took = Number(process.hrtime.bigint() - begin);
  for (const { commitNumber, log } of replicas) {
    if (log.length !== group.size + operations || commitNumber < log.length - 1)
      throw new Error(`Only ${commitNumber} of ${group.size + operations} operations were committed.`);
  }
  return took / steps;
}

/** Submits the request to the primary, and delivers all messages that follow. Returns the number of steps. */
function commit(replicas: readonly Replica[], request: Entry): number {
  const messages: { readonly to: number; readonly message: Message }[] = [{ to: 0, message: request }];
  for (const { to, message } of messages) {
    const replica = replicas[to];
    if (replica === undefined) continue;
    for (const output of step(replica, { type: 'message', message })) {
      if (output.type === 'send') messages.push(output);
    }
  }
  return messages.length;
}

function measureForks({ replicas }: GroupAtLength): number {
  const [replica] = replicas;
  if (replica === undefined) return 0;
  // Keeps the copies: the compiler could drop them otherwise.
  const kept: Replica[] = [];
  const begin = process.hrtime.bigint();
  for (let index = 0; index < operations; index++) kept[index % 64] = fork(replica);
  const took = Number(process.hrtime.bigint() - begin);
  if (kept.some(({ log }) => log !== replica.log)) throw new Error('A fork differs from its original.');
  return took / operations;
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

/** A figure rounded to a whole number, with a comma between its thousands. */
export function show(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}
