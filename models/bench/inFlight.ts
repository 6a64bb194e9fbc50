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

/** The number of entries in the client table, on which the time of a lookup depends. */
const clients = 4096;
/** The numbers of requests in flight at a time. */
const loads = [1, 16, 256, 4096] as const;
const operations = 20_000;
const warmUps = 3;

/** The measurements of a group of three with this many requests in flight. */
interface LoadLevel {
  readonly inFlight: number;
  /** Nanoseconds per operation, one figure a round. */
  readonly took: number[];
}

/**
 * Measures the time of an operation at all three replicas together, from request to answer, at several numbers of requests in
 * flight. One thread steps all replicas, without input or output. The numbers take turns.
 */
export async function benchInFlight(print: (line: string) => void, rounds = 15): Promise<void> {
  const configuration = configure(3, 'diskless', ledgerService, { sessions: Number.POSITIVE_INFINITY });
  const levels = loads.map((inFlight): LoadLevel => ({ inFlight, took: [] }));
  for (let round = -Math.min(warmUps, rounds); round < rounds; round++) {
    for (const { inFlight, took } of levels) {
      globalThis.gc?.(true);
      const nanoseconds = measure(configuration, inFlight);
      if (round >= 0) took.push(nanoseconds);
    }
    // Lets the output be written between rounds.
    await new Promise((resolve) => setImmediate(resolve));
  }
  print(
    `Three replicas in one thread, ${show(clients)} clients, medians of ${rounds} rounds of ${show(operations)} operations, 10 % to 90 %:`,
  );
  print('in flight   ns per operation               ratio   operations per second');
  const [first] = levels;
  for (const { inFlight, took } of levels) {
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
  const queue: { readonly to: number; readonly message: Message }[] = [];
  let [submitted, answered] = [0, 0];
  // The clients take turns, so that each is answered before its next request.
  const submit = (): void => {
    const clientId = names[submitted % clients] ?? '';
    const requestNumber = Math.floor(submitted / clients) + 1;
    submitted++;
    queue.push({
      to: 0,
      message: { type: 'REQUEST', operation: 'add', clientId, session: 0, requestNumber },
    });
  };
  const begin = process.hrtime.bigint();
  while (submitted < inFlight) submit();
  for (let at = 0; at < queue.length; at++) {
    const delivery = queue[at];
    const replica: Replica | undefined = replicas[delivery?.to ?? 0];
    if (delivery === undefined || replica === undefined) continue;
    for (const output of step(replica, { type: 'message', message: delivery.message })) {
      if (output.type === 'send') queue.push(output);
      else if (output.type === 'reply') {
        answered++;
        if (submitted < operations) submit();
      }
    }
    // Removes delivered messages from the queue now and then.
    if (at === 4096) at -= queue.splice(0, at + 1).length;
  }
  const took = Number(process.hrtime.bigint() - begin);
  if (answered !== submitted || submitted < operations)
    throw new Error(`Of ${submitted} operations ${answered} were answered.`);
  return took / submitted;
}
