import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Owner, openedSuperblock, type Superblock, sealedSuperblock } from './superblock.ts';

const slotSize = 4096;
const slotNumbers = [0, 1] as const;
/** Before a superblock comes how many bytes it has. */
const lengthSize = 4;

/** What the file of superblocks says. */
export interface Copies {
  /** The latest that can be read. */
  readonly latest: Superblock | undefined;
  /** What is wrong with the slots, if anything: the other one may be older. */
  readonly harms: readonly string[];
}

/**
 * The second copy of the superblock, in a file of two slots that are written in turn: a write that is interrupted harms one
 * of them at most. It is written after the records have become durable, and waits for its own sync only where the view is
 * new. So the view-numbers are on the disk twice before anyone hears of them, and no record of a later write is behind what
 * the file says, unless the library lost its last records: that is detected if the file was written back by then, which
 * operating systems do within about 30 seconds, and always where only the process has ended. It is not detected where a
 * disk confirmed a sync, lost what it had confirmed in a power cut, and the file was not written back yet.
 */
export class Slots {
  private readonly file: FileHandle;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /** Opens the file, and makes it if there is none. */
  static async open(path: string): Promise<Slots> {
    return new Slots(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  }

  /** Throws a StorageError if one is intact and not this owner's, or of another version. */
  async read(owner: Owner, path: string): Promise<Copies> {
    const bytes = Buffer.alloc(slotNumbers.length * slotSize);
    await this.file.read(bytes, 0, bytes.length, 0);
    const found = slotNumbers.map((slot) => {
      const body = bytes.subarray(slot * slotSize + lengthSize, (slot + 1) * slotSize);
      const length = bytes.readUInt32BE(slot * slotSize);
      return openedSuperblock(keyOf(slot), body.subarray(0, length), owner, path);
    });
    const harms = found.flatMap((each, slot) => (typeof each === 'string' ? [`slot ${slot}: ${each}`] : []));
    const whole = found.flatMap((each) => (typeof each === 'string' ? [] : [each]));
    const latest = whole.sort((one, other) => other.write - one.write)[0];
    return { latest, harms };
  }

  /** Writes into the slot whose turn it is. */
  async put(superblock: Superblock): Promise<void> {
    await this.putIn(superblock.write % slotNumbers.length, superblock);
  }

  /** Writes into both slots, and waits until they are durable. */
  async putTwice(superblock: Superblock): Promise<void> {
    for (const slot of slotNumbers) await this.putIn(slot, superblock);
    await this.file.sync();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async putIn(slot: number, superblock: Superblock): Promise<void> {
    const body = sealedSuperblock(keyOf(slot), superblock);
    const bytes = Buffer.alloc(slotSize);
    bytes.writeUInt32BE(body.length);
    if (body.copy(bytes, lengthSize) < body.length) throw new RangeError('A superblock is too long.');
    await writeAll(this.file, bytes, slot * slotSize);
  }
}

/** A full disk may take a part of what is written without an error. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function keyOf(slot: number): Uint8Array {
  return Buffer.from(`slot ${slot}`);
}
