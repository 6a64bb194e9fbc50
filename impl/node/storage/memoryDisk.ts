import { blankImage, type Image, readBack, type StorageRecord } from '../../replica/data/storage.ts';
import { type StableStorage, StorageError } from './stableStorage.ts';

/**
 * Keeps what is written for as long as it lives, and no longer: for tests, and for trying things out. Opening it again is a
 * crash of whoever had it open: what was not durable by then is gone.
 */
export class MemoryDisk {
  private image: Image = blankImage;
  private incarnation = 0;
  /** Which opening may write. */
  private current: symbol | undefined;

  open(): StableStorage {
    const incarnation = ++this.incarnation;
    const opening = Symbol();
    this.current = opening;
    return {
      stored: incarnation === 1 ? undefined : { image: this.image, records: [] },
      incarnation,
      findings: [],
      write: async (records) => {
        // No disk is as fast as the call: a crash may come first.
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
        'This storage was closed, or opened again: write to what was opened last.',
      );
    this.image = readBack(this.image, records);
  }
}
