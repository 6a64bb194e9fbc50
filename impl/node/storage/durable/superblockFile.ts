import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type DirectoryOwner, decodeSuperblock, encodeSuperblock, type Superblock } from './superblock.ts';

const slotSize = 4096;
const slotNumbers = [0, 1] as const;
/** A slot begins with the length of its superblock. */
const lengthSize = 4;

/** The contents of the file's slots. */
export interface SlotContents {
  /** The latest intact superblock. */
  readonly latest: Superblock | undefined;
  /** Why slots cannot be read, one sentence each. A corrupt slot may have held the later superblock. */
  readonly corruptions: readonly string[];
}

/**
 * The second copy of the superblock: a file of two slots that are written in turn, so that an interrupted write corrupts one
 * at most. It is written after the records are durable. Only a write with a new view waits for the file's own sync: so both
 * slots hold a view before any other replica hears of it.
 *
 * The copy also detects that LevelDB has lost its last records, because it then names a later write than they do. That
 * holds always if only the process ended. After a power cut it holds if the file was written back before, which operating
 * systems do within about 30 seconds. It does not hold if a disk confirmed a sync, lost it in a power cut, and the file was
 * not yet written back.
 */
export class SuperblockFile {
  private readonly file: FileHandle;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /** Opens the file, and creates it if it does not exist. */
  static async open(path: string): Promise<SuperblockFile> {
    return new SuperblockFile(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  }

  /** Reads both slots. Throws a StorageError if an intact one is of another owner or version. */
  async read(owner: DirectoryOwner, path: string): Promise<SlotContents> {
    const bytes = Buffer.alloc(slotNumbers.length * slotSize);
    await this.file.read(bytes, 0, bytes.length, 0);
    const found = slotNumbers.map((slot) => {
      const body = bytes.subarray(slot * slotSize + lengthSize, (slot + 1) * slotSize);
      const length = bytes.readUInt32BE(slot * slotSize);
      return decodeSuperblock(keyOf(slot), body.subarray(0, length), owner, path);
    });
    const corruptions = found.flatMap((each, slot) =>
      typeof each === 'string' ? [`slot ${slot}: ${each}`] : [],
    );
    const whole = found.flatMap((each) => (typeof each === 'string' ? [] : [each]));
    const latest = whole.sort((one, other) => other.write - one.write)[0];
    return { latest, corruptions };
  }

  /** Writes into the slot whose turn it is, without waiting for a sync. */
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

/** Repeats until all is written: a full disk may accept only part of a write, without an error. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function keyOf(slot: number): Uint8Array {
  return Buffer.from(`slot ${slot}`);
}
