import { join } from 'node:path';
import type { StorageRecord, Stored } from '../../../replica/data/storage.ts';
import type { FileLock } from '../../platform/files.ts';
import { type StableStorage, StorageError } from '../stableStorage.ts';
import { type KnownStarts, type PeerStart, withoutStart, withPeer } from '../starts.ts';
import { CheckpointWriter } from './checkpointWriter.ts';
import { asStorageError, type DirectoryPaths } from './directory.ts';
import { nameOf } from './journal/fileHeader.ts';
import { framesOf } from './journal/frameContent.ts';
import type { OpenDirectory } from './openDirectory.ts';
import type { StoredContent } from './readDirectory.ts';
import { writeStarts } from './startsFile.ts';
import type { CheckpointFile } from './superblock.ts';
import { planWrite } from './writePlan.ts';

interface PendingWrite {
  readonly records: readonly StorageRecord[];
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

/** The storage of a replica in a directory that is open. */
export class DurableStorage implements StableStorage {
  readonly name: string;
  readonly stored: Stored | undefined;
  readonly incarnation: number;
  readonly findings: readonly string[];
  onFailure: (failure: StorageError) => void = () => undefined;
  private readonly paths: DirectoryPaths;
  private known: KnownStarts;
  /** The last change of the file of starts. */
  private noting: Promise<void> = Promise.resolve();
  private readonly lock: FileLock;
  private readonly opening: OpenDirectory;
  private content: StoredContent;
  private readonly checkpoints: CheckpointWriter;
  /** The last copy of a superblock that no write has waited for. */
  private copied: Promise<void> | undefined;
  private waiting: PendingWrite[] = [];
  private working: Promise<void> | undefined;
  private failure: StorageError | undefined;

  constructor(
    paths: DirectoryPaths,
    lock: FileLock,
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
    this.checkpoints = new CheckpointWriter(opening.place, () => this.content, {
      onWritten: () => this.begin(),
      onFailure: (error) => this.fail(error),
    });
  }

  write(records: readonly StorageRecord[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (records.at(-1)?.type !== 'end')
      return Promise.reject(new TypeError('The records of a write must end with its end.'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, resolve, reject });
      this.begin();
    });
  }

  get starts(): KnownStarts {
    return this.known;
  }

  notePeer(replica: number, latest: PeerStart): Promise<void> {
    return this.note(withPeer(this.known, replica, latest));
  }

  forgetStart(): Promise<void> {
    return this.note(withoutStart(this.known));
  }

  private note(known: KnownStarts): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.known = known;
    // A failure reaches the caller of each change, and does not stop the next one.
    const noted = this.noting
      .then(() => writeStarts(this.opening.place.files, this.paths, known))
      .catch((error: unknown) => {
        throw asStorageError(this.directory, 'written', error);
      });
    this.noting = noted.catch(() => undefined);
    return noted;
  }

  private get directory(): string {
    return this.paths.directory;
  }

  async close(): Promise<void> {
    const { journal, superblockFile } = this.opening;
    const isOpen = this.failure?.problem !== 'closed';
    // Earlier writes are completed, and later ones rejected.
    this.failure ??= new StorageError('closed', `${this.directory} is closed and takes no more writes.`);
    while (this.working !== undefined || this.checkpoints.busy !== undefined) {
      await this.working;
      await this.checkpoints.busy;
    }
    await this.copied;
    await this.noting;
    if (!isOpen) return;
    await journal.close();
    await superblockFile.close();
    await this.lock.close();
  }

  private begin(): void {
    // After a failure nothing is known of what the disk holds, so that nothing may be added to it.
    if (this.failure === undefined || this.failure.problem === 'closed') this.working ??= this.work();
  }

  /** Something failed for which no write waits. */
  private fail(error: unknown): void {
    if (this.failure !== undefined && this.failure.problem !== 'closed') return;
    this.failure = asStorageError(this.directory, 'written', error);
    this.onFailure(this.failure);
  }

  /** Writes all pending records together, until none are pending. */
  private async work(): Promise<void> {
    // Further writes of the same step share the sync.
    await Promise.resolve();
    while (this.waiting.length > 0 || this.checkpoints.isWritten) {
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
        break;
      }
    }
    this.working = undefined;
  }

  private async commit(records: readonly StorageRecord[]): Promise<void> {
    const { place, journal, superblockFile } = this.opening;
    const before = this.content;
    const written = this.checkpoints.take();
    const plan = planWrite(before, records, written?.record);
    const files = await this.checkpoints.filesFor(plan, written);
    const firstSegment = journal.firstNeeded(plan.image.log.base);
    const superblock = { ...plan.superblock, checkpointFiles: files, firstSegment };
    await journal.append(framesOf(superblock, plan.image.log, plan.after, place.segmentBytes));
    const { viewNumber, lastNormalView } = before.image;
    const isNewView = plan.image.viewNumber !== viewNumber || plan.image.lastNormalView !== lastNormalView;
    await this.copied;
    if (isNewView) await superblockFile.writeView(superblock);
    // Other writes need not wait for the copy, which is not synced then.
    else this.copied = superblockFile.write(superblock).catch((error: unknown) => this.fail(error));
    this.content = { image: plan.image, superblock };
    await this.removeUnused([...before.superblock.checkpointFiles, ...(written?.files ?? [])]);
    this.checkpoints.defer(plan);
  }

  /** Removes the segments, and those of these files of checkpoints, that the last superblock does not name. */
  private async removeUnused(candidates: readonly CheckpointFile[]): Promise<void> {
    const { place, journal } = this.opening;
    const { firstSegment, checkpointFiles } = this.content.superblock;
    await journal.removeBefore(firstSegment);
    const used = new Set(checkpointFiles.map(({ number }) => number));
    for (const number of new Set(candidates.map((file) => file.number)))
      if (!used.has(number))
        await place.files.remove(join(this.directory, nameOf({ kind: 'checkpoint', number })));
  }
}
