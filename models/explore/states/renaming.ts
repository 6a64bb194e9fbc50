import type { Setup } from '../../world/world.ts';

/** Other numbers for replicas and clients: what had number i gets the number at index i. */
export interface Renaming {
  readonly replicas: readonly number[];
  readonly clients: readonly number[];
  /** The texts of objects that were met before, for few make very many. */
  readonly texts: WeakMap<object, string>;
  /** Every text that was met, renamed. */
  readonly words: Map<string, string>;
}

/**
 * All renamings under which nothing that matters changes, the one that changes nothing first. Clients are alike. So are
 * the replicas from number `firstAlike` on, if none of them ever becomes primary and nothing else asks for their order.
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

/** Every order of the numbers below `count` in which those below `first` stay where they are. */
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
const setFields = new Set(['startViewChanges', 'alsoRecovering']);
/** Fields that hold, as a list, something for each replica. */
const listsByReplica = new Set(['acknowledged', 'sent', 'executed']);
/** What is the same in all worlds of an exploration, or follows from the rest. */
const leftOut = new Set(['configuration', 'identities', 'service', 'name']);

/**
 * A text that two values share exactly when they are equal up to the renaming: plain data, logs, maps, and sets. Fields
 * that hold numbers of replicas are known by their names; names of clients, such as c0, are found in all texts.
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

/** The canonical text of what is made of the object, which is made only if that is not known yet. */
export function textOnce(object: object, renaming: Renaming, make: () => object): string {
  const known = renaming.texts.get(object);
  if (known !== undefined) return known;
  const text = canonicalText(make(), renaming);
  renaming.texts.set(object, text);
  return text;
}

function textOfObject(value: object, renaming: Renaming): string {
  // Sets and maps: in what order they yield their contents may depend on names.
  if (isIterable(value)) {
    const texts = Array.from(value, (item) => canonicalText(item, renaming));
    return `{${texts.sort().join()}}`;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalText(value.toJSON(), renaming);
  const fields = Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    leftOut.has(name) ? [] : [`${renamedText(name, renaming)}:${fieldText(name, field, renaming)}`],
  );
  return `{${fields.sort().join()}}`;
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
  // Of a transfer this is a replica; of a client's machine it says how often it asked.
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
