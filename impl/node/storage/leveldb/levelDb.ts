import { ClassicLevel } from 'classic-level';

/** A LevelDB database with bytes as keys and values. */
export type LevelDb = ClassicLevel<Uint8Array, Uint8Array>;

/** One operation of a batch. */
export type BatchOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** Keys from `gte` on, and below `lt`. */
export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

/** Reads records. A record that cannot be read is missing, or an Error is thrown. */
export interface Records {
  /** The value of each key, in the order of the keys. */
  valuesOf(keys: readonly Uint8Array[]): AsyncIterable<Uint8Array | undefined>;
  /** The records of a range, in the order of their keys. */
  within(range: KeyRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
}

/** Opens LevelDB, or creates it. It is uncompressed, so that a corrupt block spoils as few records as possible. */
export async function openLevelDb(path: string, isNew: boolean): Promise<LevelDb> {
  const levelDb: LevelDb = new ClassicLevel(path, {
    ...{ keyEncoding: 'view', valueEncoding: 'view', compression: false },
    ...{ createIfMissing: isNew, errorIfExists: isNew },
  });
  try {
    await levelDb.open();
  } catch (error) {
    await levelDb.close();
    throw error;
  }
  return levelDb;
}

/** Values read at a time: few enough to let the event loop run in between. */
const atOnce = 256;

/** The records of an open database. */
export function recordsIn(levelDb: LevelDb): Records {
  return {
    async *valuesOf(keys) {
      for (let from = 0; from < keys.length; from += atOnce)
        yield* await levelDb.getMany(keys.slice(from, from + atOnce));
    },
    within: (range) => levelDb.iterator(range),
  };
}

/**
 * Reads all keys, replaced and deleted ones included: a compaction would fail on an unreadable one, and all writing with it.
 * Throws LevelDB's error if any cannot be read.
 */
export async function readAllKeys(levelDb: LevelDb): Promise<void> {
  const keys = levelDb.keys({ fillCache: false });
  try {
    while ((await keys.nextv(keysAtOnce)).length > 0);
  } finally {
    await keys.close();
  }
}

const keysAtOnce = 1024;

/**
 * Commits operations as one batch: all of them or none. LevelDB's chained batch costs half of its list of operations, because
 * it checks nothing but keys and values.
 */
export async function commit(
  levelDb: LevelDb,
  operations: Iterable<BatchOperation>,
  options: { readonly sync: boolean },
): Promise<void> {
  const batch = levelDb.batch();
  for (const operation of operations) {
    if (operation.type === 'put') batch.put(operation.key, operation.value);
    else batch.del(operation.key);
  }
  await batch.write(options);
}

/** Operations in one batch while a directory is built: it is not used before it is complete. */
const inOneBatch = 1024;

/** Commits operations in order, in several batches, of which only the last is synced. */
export async function commitInBatches(levelDb: LevelDb, operations: Iterable<BatchOperation>): Promise<void> {
  let batch: BatchOperation[] = [];
  for (const operation of operations) {
    batch.push(operation);
    if (batch.length < inOneBatch) continue;
    await commit(levelDb, batch, { sync: false });
    batch = [];
  }
  await commit(levelDb, batch, { sync: true });
}
