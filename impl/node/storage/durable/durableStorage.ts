import type { FileHandle } from 'node:fs/promises';
import type { Configuration } from '../../../replica/data/configuration.ts';
import type { StorageRecord, Stored } from '../../../replica/data/storage.ts';
import { commit } from '../leveldb/levelDb.ts';
import { type StableStorage, StorageError } from '../stableStorage.ts';
import { asStorageError, findCopies, lockDirectory, pathsIn, removeUnfinished } from './directory.ts';
import { createDirectory, exists, type OpenDirectory, reopenDirectory } from './openDirectory.ts';
import type { Owner } from './superblock.ts';
import { planWrite, type StoredContent } from './writePlan.ts';

/**
 * Opens the storage of a replica in a directory, which is made if there is none, and locked until it is closed. Open it
 * last of all that a replica needs: from then on it counts as one that has run. Rejects with a StorageError. Everything is
 * read and checked here; harm that comes while it is open is found at the next opening, or when the library next reworks the
 * file in question, which fails then, or ends the process.
 */
export async function openDurable(
  directory: string,
  owner: Owner,
  configuration: Configuration,
): Promise<StableStorage> {
  const places = pathsIn(directory);
  let lock: FileHandle | undefined;
  try {
    await findCopies(places);
    lock = await lockDirectory(places);
    await removeUnfinished(places);
    const opening = exists(await findCopies(places))
      ? await reopenDirectory(places, owner, configuration)
      : await createDirectory(places, owner);
    return new DurableStorage(directory, lock, opening);
  } catch (error) {
    await lock?.close();
    throw asStorageError(directory, 'opened', error);
  }
}

interface PendingWrite {
  readonly records: readonly StorageRecord[];
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

class DurableStorage implements StableStorage {
  readonly stored: Stored | undefined;
  readonly incarnation: number;
  readonly findings: readonly string[];
  private readonly directory: string;
  private readonly lock: FileHandle;
  private readonly opening: OpenDirectory;
  private content: StoredContent;
  private waiting: PendingWrite[] = [];
  private working: Promise<void> | undefined;
  private failure: StorageError | undefined;

  constructor(directory: string, lock: FileHandle, opening: OpenDirectory) {
    const { image, superblock } = opening.content;
    this.incarnation = superblock.incarnation;
    this.stored = superblock.incarnation === 1 ? undefined : { image, records: [] };
    this.findings = opening.findings;
    this.directory = directory;
    this.lock = lock;
    this.opening = opening;
    this.content = opening.content;
  }

  write(records: readonly StorageRecord[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (records.at(-1)?.type !== 'end')
      return Promise.reject(new TypeError('The records of a write must end with its end.'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, resolve, reject });
      this.working ??= this.work();
    });
  }

  async close(): Promise<void> {
    const { levelDb: library, superblockFile: slots } = this.opening;
    const isOpen = this.failure?.problem !== 'closed';
    // What was written before is waited for, and what comes now is rejected.
    this.failure ??= new StorageError(
      'closed',
      `${this.directory} is closed: nothing can be written to it any more.`,
    );
    await this.working;
    if (!isOpen) return;
    await library.close();
    await slots.close();
    await this.lock.close();
  }

  /** Writes what waits, all at once, until nothing does. */
  private async work(): Promise<void> {
    // What the same step asks for next is to share the sync.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.commit(group.flatMap(({ records }) => records));
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = asStorageError(this.directory, 'written', error);
        this.failure = failure;
        for (const { reject } of [...group, ...this.waiting]) reject(failure);
        this.waiting = [];
      }
    }
    this.working = undefined;
  }

  private async commit(records: readonly StorageRecord[]): Promise<void> {
    const { levelDb: library, superblockFile: slots } = this.opening;
    const { content, operations } = planWrite(this.content, records);
    await commit(library, operations, { sync: true });
    const { viewNumber, lastNormalView } = this.content.image;
    const { image, superblock } = content;
    const isNewView = image.viewNumber !== viewNumber || image.lastNormalView !== lastNormalView;
    await (isNewView ? slots.writeBoth(superblock) : slots.write(superblock));
    this.content = content;
  }
}
