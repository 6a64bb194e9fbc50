import type { Json } from '../tree/json.ts';
import { Tree } from '../tree/tree.ts';
import type { Applied, Service } from './service.ts';

/** The operations of the key-value service. A key that was never set, or was deleted, reads as null. */
export type KeyValueOperation =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'set'; readonly key: string; readonly value: Json }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'compare-and-set'; readonly key: string; readonly expected: Json; readonly value: Json }
  | { readonly type: 'size' };

type Store = Tree;

/**
 * A key-value store. `get` yields the value or null; `set` the value set; `delete` and `compare-and-set` whether they
 * changed anything; `size` the number of keys. Values are equal if their JSON texts with sorted names are.
 */
export const keyValueService: Service<Store> = {
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
  snapshot: (store) => store,
  restore: (parts) => parts,
};

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
  }
}

function parse(operation: Json): KeyValueOperation | string {
  if (!isRecord(operation)) return 'an operation must be an object such as {"type":"get","key":"a"}';
  const { type, key, value, expected } = operation;
  if (type === 'size') return { type };
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
      return `unknown operation type ${JSON.stringify(type)}: use get, set, delete, compare-and-set or size`;
  }
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
