import {
  type Configuration,
  configure,
  createReplica,
  ledgerService,
  type Message,
  type Replica,
  step,
} from '../../impl/index.ts';
import { median, quantile } from '../quantile.ts';
import { show } from './core.ts';

/** Who has asked before is in the client-table: the more there are, the more it costs to look one up. */
const clients = 4096;
/** How many requests wait for their answers at a time. */
const loads = [1, 16, 256, 4096] as const;
const operations = 20_000;
const rounds = 15;
const warmUps = 3;

/** A group of three, of whose clients so many at a time wait for an answer. */
interface LoadLevel {
  readonly inFlight: number;
  /** Nanoseconds per operation, one figure for each round. */
  readonly took: number[];
}

/**
 * Measures what an operation costs, from its request to its answer, at all three replicas together: stepped by one
 * thread, without any input or output, at several numbers of requests in flight. These take turns.
 */
export async function benchInFlight(print: (line: string) => void): Promise<void> {
  const configuration = configure(3, 'diskless', ledgerService, { sessions: Number.POSITIVE_INFINITY });
  const stages = loads.map((inFlight): LoadLevel => ({ inFlight, took: [] }));
  for (let round = -warmUps; round < rounds; round++) {
    for (const { inFlight, took } of stages) {
      globalThis.gc?.(true);
      const nanoseconds = measure(configuration, inFlight);
      if (round >= 0) took.push(nanoseconds);
    }
    // A long benchmark must not starve whoever waits for its lines.
    await new Promise((resolve) => setImmediate(resolve));
  }
  print(
    `Three replicas in one thread, ${show(clients)} clients, medians of ${rounds} rounds of ${show(operations)} operations, 10 % to 90 %:`,
  );
  print('in flight   ns per operation               ratio   operations per second');
  const [first] = stages;
  for (const { inFlight, took } of stages) {
    const middle = median(took);
    const spread = `(${show(quantile(took, 0.1))}–${show(quantile(took, 0.9))})`;
    print(
      `${show(inFlight).padStart(9)}${show(middle).padStart(19)} ${spread.padEnd(15)}` +
        `${(middle / median(first?.took ?? [])).toFixed(2).padStart(5)}${show(1e9 / middle).padStart(24)}`,
    );
  }
}

const names = Array.from({ length: clients }, (_, client) => `c${client}/0`);

/** Nanoseconds per operation. */
function measure(configuration: Configuration, inFlight: number): number {
  const replicas = [0, 1, 2].map((number) => createReplica(configuration, number));
  const mail: { readonly to: number; readonly message: Message }[] = [];
  let [submitted, answered] = [0, 0];
  // The clients take turns, so that each has its answer before it asks again.
  const ask = (): void => {
    const clientId = names[submitted % clients] ?? '';
    const requestNumber = Math.floor(submitted / clients) + 1;
    submitted++;
    mail.push({ to: 0, message: { type: 'REQUEST', operation: 'add', clientId, session: 0, requestNumber } });
  };
  const begin = process.hrtime.bigint();
  while (submitted < inFlight) ask();
  for (let next = 0; next < mail.length; next++) {
    const letter = mail[next];
    const replica: Replica | undefined = replicas[letter?.to ?? 0];
    if (letter === undefined || replica === undefined) continue;
    for (const output of step(replica, { type: 'message', message: letter.message })) {
      if (output.type === 'send') mail.push(output);
      else if (output.type === 'reply') {
        answered++;
        if (submitted < operations) ask();
      }
    }
    // What is delivered makes room for what follows, every so often.
    if (next === 4096) next -= mail.splice(0, next + 1).length;
  }
  const took = Number(process.hrtime.bigint() - begin);
  if (answered !== submitted || submitted < operations)
    throw new Error(`Of ${submitted} operations ${answered} were answered.`);
  return took / submitted;
}
