import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { decodeSuperblock, encodeSuperblock, type Owner, type Superblock } from './superblock.ts';

const slotSize = 4096;
const slotNumbers = [0, 1] as const;
/** Before a superblock comes how many bytes it has. */
const lengthSize = 4;

/** What the file of superblocks says. */
export interface SlotContents {
  /** The latest that can be read. */
  readonly latest: Superblock | undefined;
  /** What is wrong with the slots, if anything: the other one may be older. */
  readonly corruptions: readonly string[];
}

/**
 * The second copy of the superblock, in a file of two slots that are written in turn: a write that is interrupted harms one
 * of them at most. It is written after the records have become durable, and waits for its own sync only where the view is
 * new. So the view-numbers are on the disk twice before anyone hears of them, and no record of a later write is behind what
 * the file says, unless the library lost its last records: that is detected if the file was written back by then, which
 * operating systems do within about 30 seconds, and always where only the process has ended. It is not detected where a
 * disk confirmed a sync, lost what it had confirmed in a power cut, and the file was not written back yet.
 */
export class SuperblockFile {
  private readonly file: FileHandle;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /** Opens the file, and makes it if there is none. */
  static async open(path: string): Promise<SuperblockFile> {
    return new SuperblockFile(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  }

  /** Throws a StorageError if one is intact and not this owner's, or of another version. */
  async read(owner: Owner, path: string): Promise<SlotContents> {
    const bytes = Buffer.alloc(slotNumbers.length * slotSize);
    await this.file.read(bytes, 0, bytes.length, 0);
    const found = slotNumbers.map((slot) => {
      const body = bytes.subarray(slot * slotSize + lengthSize, (slot + 1) * slotSize);
      const length = bytes.readUInt32BE(slot * slotSize);
      return decodeSuperblock(keyOf(slot), body.subarray(0, length), owner, path);
    });
    const harms = found.flatMap((each, slot) => (typeof each === 'string' ? [`slot ${slot}: ${each}`] : []));
    const whole = found.flatMap((each) => (typeof each === 'string' ? [] : [each]));
    const latest = whole.sort((one, other) => other.write - one.write)[0];
    return { latest, corruptions: harms };
  }

  /** Writes into the slot whose turn it is. */
  async write(superblock: Superblock): Promise<void> {
    await this.writeSlot(superblock.write % slotNumbers.length, superblock);
  }

  /** Writes into both slots, and waits until they are durable. */
  async writeBoth(superblock: Superblock): Promise<void> {
    for (const slot of slotNumbers) await this.writeSlot(slot, superblock);
    await this.file.sync();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async writeSlot(slot: number, superblock: Superblock): Promise<void> {
    const body = encodeSuperblock(keyOf(slot), superblock);
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
