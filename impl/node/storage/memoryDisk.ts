import { randomBytes, randomUUID } from 'node:crypto';
import { noMembership } from '../../replica/data/membership.ts';
import { blankImage, type Image, readBack, type StorageRecord } from '../../replica/data/storage.ts';
import { type StableStorage, StorageError } from './stableStorage.ts';
import { noStarts, withPeer, withStart } from './starts.ts';

/**
 * Stable storage in memory, for demonstrations and tests. Opening it again acts as a crash of its earlier user: writes that
 * were not durable by then are lost.
 */
export class MemoryDisk {
  private image: Image;
  private incarnation = 0;
  private readonly name = randomBytes(8).toString('hex');
  private starts = noStarts;
  /** The latest opening, which alone may write. */
  private current: symbol | undefined;

  /** `membership`: that of a replica whose whole group starts at once. By default it takes part in no group. */
  constructor(membership = noMembership) {
    this.image = { ...blankImage, membership };
  }

  /** Opens the disk with what was durable. Only the latest opening can write. */
  open(): StableStorage {
    const incarnation = ++this.incarnation;
    const opening = Symbol();
    this.current = opening;
    this.starts = withStart(this.starts, randomUUID());
    const self = this;
    return {
      name: this.name,
      get starts() {
        return self.starts;
      },
      notePeer: async (replica, latest) => {
        this.starts = withPeer(this.starts, replica, latest);
      },
      stored: incarnation === 1 ? undefined : { image: this.image, records: [] },
      incarnation,
      findings: [],
      write: async (records) => {
        // A write takes time on any disk, so that a crash may come first.
        await new Promise(setImmediate);
        this.take(opening, records);
      },
      close: async () => {
        await new Promise(setImmediate);
        if (this.current === opening) this.current = undefined;
      },
    };
  }

  private take(opening: symbol, records: readonly StorageRecord[]): void {
    if (opening !== this.current)
      throw new StorageError(
        'closed',
        'This storage was closed, or opened again: write to the latest opening.',
      );
    this.image = readBack(this.image, records);
  }
}
