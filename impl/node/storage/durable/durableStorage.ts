import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Configuration } from '../../../replica/data/configuration.ts';
import type { StorageRecord, Stored } from '../../../replica/data/storage.ts';
import { commit } from '../leveldb/levelDb.ts';
import { type StableStorage, StorageError } from '../stableStorage.ts';
import { type KnownStarts, type PeerStart, withPeer, withStart } from '../starts.ts';
import {
  asStorageError,
  type DirectoryPaths,
  findCopies,
  lockDirectory,
  pathsIn,
  removeUnfinished,
} from './directory.ts';
import { createDirectory, exists, type OpenDirectory, reopenDirectory } from './openDirectory.ts';
import { readStarts, writeStarts } from './startsFile.ts';
import type { DirectoryOwner } from './superblock.ts';
import { planWrite, type StoredContent } from './writePlan.ts';

/**
 * Opens a replica's storage in a directory, which is created if it does not exist, and locked until it is closed. Open it
 * after everything else that a replica needs: from then on the replica counts as one that has run. Rejects with a
 * StorageError. All records are read and checked here. Corruption that occurs while the storage is open is found at the next
 * opening, or when LevelDB compacts the file, which then fails or ends the process.
 */
export async function openDurable(
  directory: string,
  owner: DirectoryOwner,
  configuration: Configuration,
): Promise<StableStorage> {
  const paths = pathsIn(directory);
  let lock: FileHandle | undefined;
  try {
    await findCopies(paths);
    lock = await lockDirectory(paths);
    await removeUnfinished(paths);
    const opening = exists(await findCopies(paths))
      ? await reopenDirectory(paths, owner, configuration)
      : await createDirectory(paths, owner);
    const { known, finding } = await readStarts(paths);
    const starts = withStart(known, randomUUID());
    await writeStarts(paths, starts);
    const findings = finding === undefined ? [] : [`${directory}: ${finding}`];
    return new DurableStorage(paths, lock, opening, starts, findings);
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
  readonly name: string;
  readonly stored: Stored | undefined;
  readonly incarnation: number;
  readonly findings: readonly string[];
  private readonly paths: DirectoryPaths;
  private known: KnownStarts;
  /** The last change of the file of starts. */
  private noting: Promise<void> = Promise.resolve();
  private readonly lock: FileHandle;
  private readonly opening: OpenDirectory;
  private content: StoredContent;
  private waiting: PendingWrite[] = [];
  private working: Promise<void> | undefined;
  private failure: StorageError | undefined;

  constructor(
    paths: DirectoryPaths,
    lock: FileHandle,
    opening: OpenDirectory,
    starts: KnownStarts,
    findings: readonly string[],
  ) {
    const { image, superblock } = opening.content;
    this.name = superblock.store;
    this.incarnation = superblock.incarnation;
    this.stored = superblock.incarnation === 1 ? undefined : { image, records: [] };
    this.findings = [...opening.findings, ...findings];
    this.paths = paths;
    this.known = starts;
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

  get starts(): KnownStarts {
    return this.known;
  }

  notePeer(replica: number, latest: PeerStart): Promise<void> {
    this.known = withPeer(this.known, replica, latest);
    const { known } = this;
    // A failure reaches the caller of each change, and does not stop the next one.
    const noted = this.noting.then(() => writeStarts(this.paths, known));
    this.noting = noted.catch(() => undefined);
    return noted;
  }

  private get directory(): string {
    return this.paths.directory;
  }

  async close(): Promise<void> {
    const { levelDb, superblockFile } = this.opening;
    const isOpen = this.failure?.problem !== 'closed';
    // Earlier writes are completed, and later ones rejected.
    this.failure ??= new StorageError('closed', `${this.directory} is closed and takes no more writes.`);
    await this.working;
    await this.noting;
    if (!isOpen) return;
    await levelDb.close();
    await superblockFile.close();
    await this.lock.close();
  }

  /** Writes all pending records together, until none are pending. */
  private async work(): Promise<void> {
    // Further writes of the same step share the sync.
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
    const { levelDb, superblockFile } = this.opening;
    const { content, operations } = planWrite(this.content, records);
    await commit(levelDb, operations, { sync: true });
    const { viewNumber, lastNormalView } = this.content.image;
    const { image, superblock } = content;
    const isNewView = image.viewNumber !== viewNumber || image.lastNormalView !== lastNormalView;
    await (isNewView ? superblockFile.writeBoth(superblock) : superblockFile.write(superblock));
    this.content = content;
  }
}
