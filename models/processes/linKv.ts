import { z } from 'zod';
import type { Chance } from './chance.ts';
import { judge } from './judge.ts';
import { checked } from './message.ts';
import type { Operation, Workload } from './workload.ts';

const keyDoesNotExist = 20;
/** A compare-and-set expects one of the values that so many operations before it wanted to write. */
const recent = 3;

/**
 * How long Maelstrom waits for an answer where messages take so long: nobody can answer faster than they travel. Both in
 * milliseconds.
 */
export function patienceFor(latency: number): number {
  return Math.max(10 * latency, 1000);
}

/** Maelstrom's lin-kv: registers that are read, written, and compared and set. `timeout` in milliseconds. */
export function linKv(keys: number, timeout: number): Workload {
  return {
    timeout,
    operations: (chance) => operations(chance, keys),
    final: Array.from({ length: keys }, (_, key) => read(key)),
    judge,
  };
}

/** Half of them read. No two of one key want to write the same, so that whoever reads it knows who wrote it. */
function* operations(chance: Chance, keys: number): Iterable<Operation> {
  const written = Array.from({ length: keys }, () => 0);
  for (;;) {
    const key = chance.below(keys);
    const last = written[key] ?? 0;
    const kind = chance.pick(['read', 'read', 'write', 'cas']);
    if (kind !== 'read') written[key] = last + 1;
    if (kind === 'read') yield read(key);
    else if (kind === 'write') yield write(key, last + 1);
    // The first compare-and-set of a key expects 0, which is never there.
    else yield cas(key, Math.max(0, last - chance.below(recent)), last + 1);
  }
}

const readOk = z.looseObject({ value: z.json() });

function read(key: number): Operation {
  return {
    f: 'read',
    value: [key, null],
    request: { key },
    isIdempotent: true,
    answered: (node, body) => [key, checked(readOk, node, body, 'an answer to read').value],
    // Departure from Maelstrom: that there is no such key is what the read found out, and no failure to read.
    okDespite: keyDoesNotExist,
  };
}

function write(key: number, value: number): Operation {
  return {
    f: 'write',
    value: [key, value],
    request: { key, value },
    isIdempotent: false,
    answered: () => [key, value],
  };
}

function cas(key: number, from: number, to: number): Operation {
  return {
    f: 'cas',
    value: [key, [from, to]],
    request: { key, from, to },
    isIdempotent: false,
    answered: () => [key, [from, to]],
  };
}
