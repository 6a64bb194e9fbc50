import { type Membership, noMembership } from '../../replica/data/membership.ts';
import { blankImage, type Image, readBack, type StorageRecord } from '../../replica/data/storage.ts';
import { nodePlatform, type Platform } from '../platform/platform.ts';
import { type StableStorage, StorageError } from './stableStorage.ts';
import { noStarts, withoutStart, withPeer, withStart } from './starts.ts';

/**
 * Stable storage in memory, for demonstrations and tests. Opening it again acts as a crash of its earlier user: writes that
 * were not durable by then are lost.
 */
export class MemoryDisk {
  private image: Image;
  private incarnation = 0;
  private readonly name: string;
  private readonly platform: Pick<Platform, 'clock' | 'random'>;
  private starts = noStarts;
  /** The latest opening, which alone may write. */
  private current: symbol | undefined;

  /** `membership`: that of a replica whose whole group starts at once. By default it takes part in no group. */
  constructor(membership?: Membership);
  /** @internal In another world than that of this process. */
  constructor(membership: Membership | undefined, platform: Pick<Platform, 'clock' | 'random'>);
  constructor(membership = noMembership, platform: Pick<Platform, 'clock' | 'random'> = nodePlatform) {
    this.platform = platform;
    this.name = platform.random.bytes(8).toString('hex');
    this.image = { ...blankImage, membership };
  }

  /** Opens the disk with what was durable. Only the latest opening can write. */
  open(): StableStorage {
    const incarnation = ++this.incarnation;
    const opening = Symbol();
    this.current = opening;
    this.starts = withStart(this.starts, this.platform.random.uuid());
    const self = this;
    return {
      name: this.name,
      get starts() {
        return self.starts;
      },
      notePeer: async (replica, latest) => {
        this.starts = withPeer(this.starts, replica, latest);
      },
      forgetStart: async () => {
        this.starts = withoutStart(this.starts);
      },
      stored: incarnation === 1 ? undefined : { image: this.image, records: [] },
      incarnation,
      findings: [],
      onFailure: () => undefined,
      write: async (records) => {
        // A write takes time on any disk, so that a crash may come first.
        await this.turn();
        this.take(opening, records);
      },
      close: async () => {
        await this.turn();
        if (this.current === opening) this.current = undefined;
      },
    };
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => this.platform.clock.soon(resolve));
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
