import type { Json } from '../tree/json.ts';
import { Tree } from '../tree/tree.ts';
import type { Applied, Change, Service } from './service.ts';

/** The operations of the key-value service. A key that was never set, or was deleted, reads as null. */
export type KeyValueOperation =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'set'; readonly key: string; readonly value: Json }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'compare-and-set'; readonly key: string; readonly expected: Json; readonly value: Json }
  | { readonly type: 'size' }
  | { readonly type: 'keys'; readonly prefix: string; readonly after?: string }
  | { readonly type: 'multi'; readonly operations: readonly KeyValueOperation[] };

type Store = Tree;

/**
 * A key-value store. `get` yields the value or null; `set` the value set; `delete` and `compare-and-set` whether they
 * changed anything; `size` the number of keys. Values are equal if their JSON texts with sorted names are.
 *
 * `keys` yields the keys that begin with the prefix and come after `after`, in the order of their code units: `{ keys, more }`, of
 * which `more` tells whether others follow. It looks at every key. `multi` executes several operations as one, or none of them if a
 * `compare-and-set` among them does not find what it expects: `{ done, results }`, with the results up to that one.
 */
export const keyValueService: Service<Store, KeyValueOperation> = {
  initial: Tree.empty<Json>(),
  validate: (operation) => {
    const parsed = parse(operation);
    return typeof parsed === 'string' ? parsed : undefined;
  },
  apply: (store, operation) => {
    const parsed = parse(operation);
    if (typeof parsed === 'string')
      throw new Error(`The key-value service was given an invalid operation: ${parsed}`);
    return run(store, parsed);
  },
  isRead: (operation) => {
    const parsed = parse(operation);
    return typeof parsed !== 'string' && isRead(parsed);
  },
  changes: (operation, result) => {
    const parsed = parse(operation);
    return typeof parsed === 'string' ? [] : changesOf(parsed, result);
  },
  snapshot: (store) => store,
  restore: (parts) => parts,
};

function isRead(operation: KeyValueOperation): boolean {
  switch (operation.type) {
    case 'get':
    case 'size':
    case 'keys':
      return true;
    case 'set':
    case 'delete':
    case 'compare-and-set':
      return false;
    case 'multi':
      return operation.operations.every(isRead);
  }
}

function changesOf(operation: KeyValueOperation, result: Json): readonly Change[] {
  switch (operation.type) {
    case 'get':
    case 'size':
    case 'keys':
      return [];
    case 'set':
      return [{ type: 'set', key: operation.key, value: operation.value }];
    case 'delete':
      return result === true ? [{ type: 'delete', key: operation.key }] : [];
    case 'compare-and-set':
      return result === true ? [{ type: 'set', key: operation.key, value: operation.value }] : [];
    case 'multi': {
      if (!isRecord(result) || result.done !== true || !Array.isArray(result.results)) return [];
      const { results } = result;
      return operation.operations.flatMap((one, index) => changesOf(one, results[index] ?? null));
    }
  }
}

function run(store: Store, operation: KeyValueOperation): Applied<Store> {
  switch (operation.type) {
    case 'get':
      return { state: store, result: store.get(operation.key) ?? null };
    case 'set':
      return { state: store.set(operation.key, operation.value), result: operation.value };
    case 'delete':
      return { state: store.delete(operation.key), result: store.get(operation.key) !== undefined };
    case 'compare-and-set': {
      const { key, expected, value } = operation;
      const matches = canonical(store.get(key) ?? null) === canonical(expected);
      return { state: matches ? store.set(key, value) : store, result: matches };
    }
    case 'size':
      return { state: store, result: store.size };
    case 'keys':
      return { state: store, result: keysIn(store, operation) };
    case 'multi':
      return runAll(store, operation.operations);
  }
}

/** The most keys in one answer, and about the most characters of them: an answer must fit into a message. */
const mostKeys = 1_000;
const mostCharacters = 50_000;

function keysIn(store: Store, { prefix, after }: KeyValueOperation & { readonly type: 'keys' }): Json {
  const found: string[] = [];
  for (const [key] of store)
    if (key.startsWith(prefix) && (after === undefined || key > after)) found.push(key);
  found.sort();
  let characters = 0;
  const end = found.findIndex((key, index) => {
    characters += key.length;
    return index === mostKeys || (characters > mostCharacters && index > 0);
  });
  return end < 0 ? { keys: found, more: false } : { keys: found.slice(0, end), more: true };
}

function runAll(store: Store, operations: readonly KeyValueOperation[]): Applied<Store> {
  const results: Json[] = [];
  let state = store;
  for (const operation of operations) {
    const applied = run(state, operation);
    results.push(applied.result);
    if (operation.type === 'compare-and-set' && applied.result === false)
      return { state: store, result: { done: false, results } };
    state = applied.state;
  }
  return { state, result: { done: true, results } };
}

function parse(operation: Json): KeyValueOperation | string {
  if (!isRecord(operation)) return 'an operation must be an object such as {"type":"get","key":"a"}';
  const { type, key, value, expected } = operation;
  if (type === 'size') return { type };
  if (type === 'keys') return parseKeys(operation);
  if (type === 'multi') return parseMulti(operation);
  if (typeof key !== 'string') return 'an operation needs a "key" that is a string';
  switch (type) {
    case 'get':
    case 'delete':
      return { type, key };
    case 'set':
      return value === undefined ? 'a set needs a "value"' : { type, key, value };
    case 'compare-and-set':
      if (value === undefined) return 'a compare-and-set needs a "value"';
      if (expected === undefined)
        return 'a compare-and-set needs an "expected" value (null for an absent key)';
      return { type, key, expected, value };
    default:
      return `unknown operation type ${JSON.stringify(type)}: use get, set, delete, compare-and-set, size, keys or multi`;
  }
}

function parseKeys({ prefix = '', after }: Readonly<Record<string, Json>>): KeyValueOperation | string {
  if (typeof prefix !== 'string' || (after !== undefined && typeof after !== 'string'))
    return 'the "prefix" and "after" of keys must be strings';
  return { type: 'keys', prefix, ...(after === undefined ? {} : { after }) };
}

function parseMulti({ operations }: Readonly<Record<string, Json>>): KeyValueOperation | string {
  if (!Array.isArray(operations) || operations.length === 0)
    return 'a multi needs "operations": a list of at least one operation';
  const parsed: KeyValueOperation[] = [];
  for (const [index, one] of operations.entries()) {
    const operation = parse(one);
    if (typeof operation === 'string') return `operation ${index} of a multi: ${operation}`;
    if (operation.type === 'multi') return `operation ${index} of a multi must be no multi`;
    parsed.push(operation);
  }
  return { type: 'multi', operations: parsed };
}

function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join()}}`;
}
