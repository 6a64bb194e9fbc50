import type { LogSuffix } from '../../../impl/index.ts';
import type { Setup } from '../../world/world.ts';

/** Other numbers for replicas and clients: the one with number i gets the number at index i. */
export interface Renaming {
  readonly replicas: readonly number[];
  readonly clients: readonly number[];
  /** The texts of objects that were met before. */
  readonly texts: WeakMap<object, string>;
  /** Every string that was met, renamed. */
  readonly words: Map<string, string>;
}

/**
 * All renamings that keep behaviour the same; the identity comes first. Clients are interchangeable, if `alike` says so,
 * and so are the replicas from number `firstAlike` on. None of these may ever become primary.
 */
export function renamingsOf(
  setup: Setup,
  alike: { readonly clients: boolean; readonly firstAlike: number },
): readonly Renaming[] {
  const clients = permutations(alike.clients ? 0 : setup.clients, setup.clients);
  const replicas = permutations(alike.firstAlike, setup.replicas);
  return replicas.flatMap((one) =>
    clients.map((other) => ({ replicas: one, clients: other, texts: new WeakMap(), words: new Map() })),
  );
}

/** Every permutation of the numbers below `count` that leaves those below `first` in place. */
function permutations(first: number, count: number): readonly (readonly number[])[] {
  const fixed = Array.from({ length: Math.min(first, count) }, (_, number) => number);
  const free = Array.from({ length: count - fixed.length }, (_, index) => fixed.length + index);
  return ordersOf(free).map((order) => [...fixed, ...order]);
}

function ordersOf(numbers: readonly number[]): readonly (readonly number[])[] {
  if (numbers.length === 0) return [[]];
  return numbers.flatMap((number) =>
    ordersOf(numbers.filter((other) => other !== number)).map((rest) => [number, ...rest]),
  );
}

/** Fields that hold the number of a replica. */
const replicaFields = new Set(['replicaNumber']);
/** Fields that hold the number of a replica, or behind the replicas that of a client. */
const endpointFields = new Set(['from', 'to']);
/** Fields that hold a set of replicas as bits. */
const setFields = new Set(['heard', 'startViewChanges', 'callers']);
/** Fields that hold a list with one item for each replica. */
const listsByReplica = new Set(['acknowledged', 'byReplica', 'sent', 'executed', 'differing']);
/** Fields that begin with the name of a storage, which no exploration loses: it says no more than the number of the replica. */
const storageFields = new Set(['incarnation', 'nonce']);
/**
 * Fields that are equal in all worlds of an exploration, follow from the others, or decide nothing: exploration changes no
 * clock, and none differs from another by more than the bound.
 */
const leftOut = new Set(['configuration', 'identities', 'service', 'name', 'clock', 'clocks']);

/**
 * The canonical text of plain data, logs, maps and sets. Two values share it exactly when they are equal up to the
 * renaming. Fields that hold replica numbers are known by their names; client names, such as c0, are found in all strings.
 */
export function canonicalText(value: unknown, renaming: Renaming): string {
  if (typeof value === 'string') return JSON.stringify(renamedText(value, renaming));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, renaming)).join()}]`;
  const known = renaming.texts.get(value);
  if (known !== undefined) return known;
  const text = textOfObject(value, renaming);
  renaming.texts.set(value, text);
  return text;
}

/** The canonical text of what `make` returns, remembered by `object`, so that `make` is called once for each object. */
export function textOnce(object: object, renaming: Renaming, make: () => object): string {
  const known = renaming.texts.get(object);
  if (known !== undefined) return known;
  const text = canonicalText(make(), renaming);
  renaming.texts.set(object, text);
  return text;
}

function textOfObject(value: object, renaming: Renaming): string {
  // The iteration order of sets and maps may depend on names, so the items are sorted.
  if (isIterable(value)) {
    const texts = Array.from(value, (item) => canonicalText(item, renaming));
    return `{${texts.sort().join()}}`;
  }
  if (isSuffix(value)) return textOfSuffix(value, renaming);
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalText(value.toJSON(), renaming);
  const fields = Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    leftOut.has(name) ? [] : [`${renamedText(name, renaming)}:${fieldText(name, field, renaming)}`],
  );
  return `{${fields.sort().join()}}`;
}

/**
 * The text of a part of a log, whose receiver reads its checksum too: that depends on all entries of the log. Where the log
 * has dropped some, the checksum stands for them.
 */
function textOfSuffix({ after, source }: LogSuffix, renaming: Renaming): string {
  if (isSuffix(source)) throw new Error('Messages that were encoded are not explored.');
  const dropped = source.base > 0 ? source.prefix(source.base).checksum : '';
  return canonicalText({ after, log: source, dropped }, renaming);
}

/** A mutant has a class of its own. */
function isSuffix(value: object): value is LogSuffix {
  return 'source' in value && 'after' in value;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function fieldText(name: string, value: unknown, renaming: Renaming): string {
  if (typeof value === 'number') {
    if (replicaFields.has(name)) return String(renaming.replicas[value]);
    if (endpointFields.has(name)) return String(renamedEndpoint(value, renaming));
    if (setFields.has(name)) return String(renamedSet(value, renaming));
  }
  if (typeof value === 'string' && storageFields.has(name))
    return canonicalText(value.slice(value.indexOf('/') + 1), renaming);
  // `asked` is a replica number in a transfer, and a count in a client's machine.
  if (name === 'transfer' && typeof value === 'object' && value !== null && 'asked' in value)
    return canonicalText({ ...value, asked: { replicaNumber: value.asked } }, renaming);
  if (Array.isArray(value)) {
    if (listsByReplica.has(name)) return canonicalText(reordered(value, renaming), renaming);
    if (name === 'blocked')
      return canonicalText(
        reordered(value, renaming).map((set) => renamedSet(Number(set), renaming)),
        renaming,
      );
  }
  return canonicalText(value, renaming);
}

function renamedText(text: string, { clients, words }: Renaming): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  const renamed = text.replace(/\bc(\d+)/g, (_, digits: string) => `c${clients[Number(digits)]}`);
  words.set(text, renamed);
  return renamed;
}

function renamedEndpoint(endpoint: number, { replicas, clients }: Renaming): number | undefined {
  if (endpoint < replicas.length) return replicas[endpoint];
  return replicas.length + (clients[endpoint - replicas.length] ?? 0);
}

function renamedSet(set: number, { replicas }: Renaming): number {
  return replicas.reduce((renamed, to, from) => ((set >> from) & 1 ? renamed | (1 << to) : renamed), 0);
}

function reordered(list: readonly unknown[], { replicas }: Renaming): readonly unknown[] {
  const renamed = [...list];
  replicas.forEach((to, from) => {
    renamed[to] = list[from];
  });
  return renamed;
}
