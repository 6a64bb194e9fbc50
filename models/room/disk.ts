import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { type KnownStarts, noStarts, withPeer, withStart } from '../../impl/node/storage/starts.ts';
import { blankImage, type Image, readBack, type StorageRecord } from '../../impl/replica/data/storage.ts';
import type { Chance } from '../processes/chance.ts';
import type { RoomProcess } from './machine.ts';

/**
 * The storage of a machine: it keeps what has become durable, whatever becomes of the process. A write takes time; those that were
 * under way when the process ended are durable up to any one of them.
 */
export class RoomDisk {
  /** Milliseconds that a write takes at most. */
  slowest = usualSlowest;
  private readonly chance: Chance;
  private readonly name: string;
  private image: Image = blankImage;
  private starts: KnownStarts = noStarts;
  private incarnation = 0;
  private underWay: (readonly StorageRecord[])[] = [];

  constructor(name: string, chance: Chance) {
    this.name = name;
    this.chance = chance;
  }

  /** Makes writes as quick as at first. */
  heal(): void {
    this.slowest = usualSlowest;
  }

  /** Opens it for a process. The one before has ended. */
  open(process: RoomProcess): StableStorage {
    const durable = this.chance.below(this.underWay.length + 1);
    for (const records of this.underWay.slice(0, durable)) this.image = readBack(this.image, records);
    this.underWay = [];
    const incarnation = ++this.incarnation;
    this.starts = withStart(this.starts, process.random.uuid());
    const self = this;
    // One write after another.
    let free = 0;
    const wait = (): Promise<void> =>
      new Promise((resolve) => {
        const now = process.clock.now();
        free = Math.max(free, now) + 1 + this.chance.fraction() * this.slowest;
        process.clock.after(free - now, resolve);
      });
    return {
      name: this.name,
      get starts() {
        return self.starts;
      },
      notePeer: async (replica, latest) => {
        await wait();
        this.starts = withPeer(this.starts, replica, latest);
      },
      stored: incarnation === 1 ? undefined : { image: this.image, records: [] },
      incarnation,
      findings: [],
      write: async (records) => {
        this.underWay.push(records);
        await wait();
        this.underWay.shift();
        this.image = readBack(this.image, records);
      },
      close: wait,
    };
  }
}

const usualSlowest = 3;
