import type { Json, Predicted, Service } from '../../impl/index.ts';
import { optionalMethodsOf } from '../../impl/service/definition.ts';

/** A user's service: the name of its file, and the operations that clients may ask for, at least one. */
export interface FileService {
  readonly file: string;
  readonly operations: readonly Json[];
}

/** The user's service that the group replicates, or undefined if it is one of the models' own. */
export function fileServiceOf({
  service,
}: {
  readonly service?: string | FileService;
}): FileService | undefined {
  return typeof service === 'object' ? service : undefined;
}

/** By service: what each executor runs. One object for all worlds, because schemas are kept by service. */
const repeatables = new WeakMap<Service, Map<number, Service>>();

/**
 * The service as the executor of this number runs it: a replica, or −1 for the models. While it applies an operation,
 * `Math.random` and `Date.now` depend on that operation, its prediction and the executor alone. So a service that uses
 * them differs from replica to replica, and does so again in every replay.
 */
export function repeatable(service: Service, executor: number): Service {
  const known = repeatables.get(service) ?? new Map<number, Service>();
  repeatables.set(service, known);
  const made = known.get(executor) ?? {
    initial: service.initial,
    validate: (operation) => service.validate(operation),
    ...optionalMethodsOf(service),
    apply: (state, operation, predicted) =>
      withChance(chanceOf(operation, predicted, executor), predicted.time + executor + 1, () =>
        service.apply(state, operation, predicted),
      ),
  };
  known.set(executor, made);
  return made;
}

/** Does the work while `Math.random` draws from this seed, and `Date.now` shows this time. */
function withChance<Value>(seed: number, time: number, work: () => Value): Value {
  const { random } = Math;
  const { now } = Date;
  let drawn = seed;
  Math.random = () => {
    drawn = mixed(drawn + 0x9e3779b9);
    return drawn / 2 ** 32;
  };
  Date.now = () => time;
  try {
    return work();
  } finally {
    Math.random = random;
    Date.now = now;
  }
}

function chanceOf(operation: Json, { time, random }: Predicted, executor: number): number {
  let hash = mixed(executor);
  for (const character of `${JSON.stringify(operation)} ${time} ${random}`)
    hash = mixed(hash ^ (character.codePointAt(0) ?? 0));
  return hash;
}

/** 32 bits of which each depends on every bit of the number (the finalizer of MurmurHash3). */
function mixed(number: number): number {
  let hash = number | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
