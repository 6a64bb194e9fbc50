import { ClassicLevel } from 'classic-level';

/** The library, as it is used here. */
export type LevelDb = ClassicLevel<Uint8Array, Uint8Array>;

/** Something to be done to the records, as the library takes it. */
export type BatchOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** Keys from one to below another. */
export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

/** What can be read. What cannot be is not there, or an Error is thrown. */
export interface Records {
  /** What is under each of these keys. */
  valuesOf(keys: readonly Uint8Array[]): AsyncIterable<Uint8Array | undefined>;
  /** What is under all keys of a range, in their order. */
  within(range: KeyRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
}

/** Opens what is there, or makes it anew. Nothing is compressed: what is harmed should harm as little else as may be. */
export async function openLevelDb(path: string, isNew: boolean): Promise<LevelDb> {
  const library: LevelDb = new ClassicLevel(path, {
    ...{ keyEncoding: 'view', valueEncoding: 'view', compression: false },
    ...{ createIfMissing: isNew, errorIfExists: isNew },
  });
  try {
    await library.open();
  } catch (error) {
    await library.close();
    throw error;
  }
  return library;
}

/** How many values are asked for at a time: few enough to keep the thread free for others in between. */
const atOnce = 256;

/** What the library has. */
export function recordsIn(library: LevelDb): Records {
  return {
    async *valuesOf(keys) {
      for (let from = 0; from < keys.length; from += atOnce)
        yield* await library.getMany(keys.slice(from, from + atOnce));
    },
    within: (range) => library.iterator(range),
  };
}

/**
 * Goes over all keys, also those that were replaced and deleted long ago: a compaction would fail over one that cannot be
 * read, and with it all writing. Throws what the library throws then.
 */
export async function readAllKeys(library: LevelDb): Promise<void> {
  const keys = library.keys({ fillCache: false });
  try {
    while ((await keys.nextv(keysAtOnce)).length > 0);
  } finally {
    await keys.close();
  }
}

const keysAtOnce = 1024;

/**
 * Carries out operations as one batch: all of them or none. A batch that is put together bit by bit costs the library half of
 * what a list of operations does, for it looks at nothing but keys and values.
 */
export async function commit(
  library: LevelDb,
  operations: Iterable<BatchOperation>,
  options: { readonly sync: boolean },
): Promise<void> {
  const batch = library.batch();
  for (const operation of operations) {
    if (operation.type === 'put') batch.put(operation.key, operation.value);
    else batch.del(operation.key);
  }
  await batch.write(options);
}

/** How many operations go into one batch when a directory is built, which nobody relies on before it is complete. */
const inOneBatch = 1024;

/** Carries out operations in their order, in several batches of which only the last is waited for until it is durable. */
export async function commitInBatches(library: LevelDb, operations: Iterable<BatchOperation>): Promise<void> {
  let batch: BatchOperation[] = [];
  for (const operation of operations) {
    batch.push(operation);
    if (batch.length < inOneBatch) continue;
    await commit(library, batch, { sync: false });
    batch = [];
  }
  await commit(library, batch, { sync: true });
}
