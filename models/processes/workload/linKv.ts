import { z } from 'zod';
import type { Chance } from '../chance.ts';
import { parsedAs } from '../nodes/nodeMessage.ts';
import { checkRegisters } from './checkRegisters.ts';
import type { Workload, WorkloadOperation } from './workload.ts';

const keyDoesNotExist = 20;
/** A compare-and-set expects a value that one of this many preceding operations writes. */
const recentWrites = 3;

/** How long Maelstrom's clients wait for an answer at this message latency. Both in milliseconds. */
export function linKvTimeout(latency: number): number {
  return Math.max(10 * latency, 1000);
}

/** Maelstrom's lin-kv workload: reads, writes and compare-and-sets of registers. `timeout` is in milliseconds. */
export function linKv(keys: number, timeout: number): Workload {
  return {
    timeout,
    operations: (chance) => operations(chance, keys),
    final: Array.from({ length: keys }, (_, key) => read(key)),
    check: checkRegisters,
  };
}

/** Half of the operations read. No two operations write the same value to a key, so each read identifies its write. */
function* operations(chance: Chance, keys: number): Iterable<WorkloadOperation> {
  const written = Array.from({ length: keys }, () => 0);
  for (;;) {
    const key = chance.below(keys);
    const last = written[key] ?? 0;
    const kind = chance.pick(['read', 'read', 'write', 'cas']);
    if (kind !== 'read') written[key] = last + 1;
    if (kind === 'read') yield read(key);
    else if (kind === 'write') yield write(key, last + 1);
    // The first compare-and-set of a key expects 0, which no operation writes.
    else yield cas(key, Math.max(0, last - chance.below(recentWrites)), last + 1);
  }
}

const readOk = z.looseObject({ value: z.json() });

function read(key: number): WorkloadOperation {
  return {
    f: 'read',
    value: [key, null],
    request: { key },
    isIdempotent: true,
    okValue: (node, body) => [key, parsedAs(readOk, node, body, 'an answer to read').value],
    // Departure from Maelstrom: a read that finds no key is ok, with null.
    okDespite: keyDoesNotExist,
  };
}

function write(key: number, value: number): WorkloadOperation {
  return {
    f: 'write',
    value: [key, value],
    request: { key, value },
    isIdempotent: false,
    okValue: () => [key, value],
  };
}

function cas(key: number, from: number, to: number): WorkloadOperation {
  return {
    f: 'cas',
    value: [key, [from, to]],
    request: { key, from, to },
    isIdempotent: false,
    okValue: () => [key, [from, to]],
  };
}
