import type { Files, StoredFile } from '../../platform/files.ts';
import { unwrap, wrap } from './envelope.ts';
import { type DirectoryOwner, otherVersion, parseSuperblock, type Superblock } from './superblock.ts';

const slotSize = 4096;
/** The slots that are written, and synced, with each new view. */
export const viewSlots = [0, 1] as const;
/** The slots that are written in turn after all other writes. */
const turnSlots = [2, 3] as const;
const slots = [...viewSlots, ...turnSlots] as const;
/** A slot begins with the length of its superblock. */
const lengthSize = 4;

/** The contents of the file's slots. */
export interface SlotContents {
  /** The latest intact superblock. */
  readonly latest: Superblock | undefined;
  /** Why slots that hold the view cannot be read, one sentence each. Such a slot may have held a later view. */
  readonly corruptions: readonly string[];
  /** Whether the file is missing, or shorter than the slots that hold the view, which each creation of it writes. */
  readonly isCutOff: boolean;
  /** The latest write that an intact slot names of those that are written in turn; 0 if none does. */
  readonly lastInTurn: number;
}

/**
 * The second copy of the superblock: a file of four slots. Two are written with each new view, once the journal holds it, and
 * synced before any other replica hears of it. The other two are written in turn after each other write, without waiting: a power
 * cut may tear both.
 *
 * The copy also detects that the journal has lost its last frames, because it then names a later write than they do. That
 * holds always if only the process ended. After a power cut it holds if the file was written back before, which operating
 * systems do within about 30 seconds. It does not hold if a disk confirmed a sync, lost it in a power cut, and the file was
 * not yet written back.
 */
export class SuperblockFile {
  private readonly file: StoredFile;

  private constructor(file: StoredFile) {
    this.file = file;
  }

  /** Opens the file, and creates it if it does not exist. */
  static async open(files: Files, path: string): Promise<SuperblockFile> {
    return new SuperblockFile(await files.open(path, true));
  }

  /** Writes into the slot whose turn it is, without waiting for a sync. */
  async write(superblock: Superblock): Promise<void> {
    await this.writeSlot(superblock.write % 2 === 0 ? turnSlots[0] : turnSlots[1], superblock);
  }

  /** Writes into the two slots that hold the view, and waits until they are durable. */
  async writeView(superblock: Superblock): Promise<void> {
    for (const slot of viewSlots) await this.writeSlot(slot, superblock);
    await this.file.sync();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async writeSlot(slot: number, superblock: Superblock): Promise<void> {
    const body = wrap(keyOf(slot), JSON.stringify(superblock));
    const bytes = Buffer.alloc(slotSize);
    bytes.writeUInt32BE(body.length);
    if (body.copy(bytes, lengthSize) < body.length) throw new RangeError('A superblock is too long.');
    await this.file.write(slot * slotSize, bytes);
  }
}

/** Reads all slots of the file at this path. Throws a StorageError if an intact one is of another owner or layout. */
export async function readSlots(
  files: Files,
  path: string,
  owner: DirectoryOwner | undefined,
): Promise<SlotContents> {
  const { length = 0 } = (await files.read(path)) ?? {};
  const bytes = await slotBytes(files, path);
  const found = slots.map((slot) => contentsOf(bytes, slot, owner, path));
  const corruptions = viewSlots.flatMap((slot) => {
    const each = found[slot];
    return typeof each === 'string' ? [`slot ${slot} of the superblock's copy: ${each}`] : [];
  });
  const inTurn = turnSlots.map((slot) => found[slot]);
  const lastInTurn = Math.max(0, ...inTurn.map((each) => (typeof each === 'object' ? each.write : 0)));
  const whole = found.flatMap((each) => (typeof each === 'string' ? [] : [each]));
  const latest = whole.sort((one, other) => other.write - one.write)[0];
  return { latest, corruptions, isCutOff: length < viewSlots.length * slotSize, lastInTurn };
}

/** The bytes of all slots. Those that the file lacks are zeros. */
export async function slotBytes(files: Files, path: string): Promise<Buffer> {
  const length = slots.length * slotSize;
  const found = (await files.read(path)) ?? Buffer.alloc(0);
  return Buffer.concat([found, Buffer.alloc(Math.max(length - found.length, 0))]);
}

/** The wrapped superblock in a slot, and the key under which it is wrapped. */
export function slotIn(bytes: Buffer, slot: number): { readonly key: Uint8Array; readonly body: Buffer } {
  const body = bytes.subarray(slot * slotSize + lengthSize, (slot + 1) * slotSize);
  return { key: keyOf(slot), body: body.subarray(0, bytes.readUInt32BE(slot * slotSize)) };
}

function contentsOf(
  bytes: Buffer,
  slot: number,
  owner: DirectoryOwner | undefined,
  path: string,
): Superblock | string {
  const { key, body } = slotIn(bytes, slot);
  const found = unwrap(key, body);
  if (found.otherVersion !== undefined) throw otherVersion(found.otherVersion, path);
  if (found.corruption !== undefined) return found.corruption;
  return parseSuperblock(found.value, owner, path) ?? 'its fields are wrong';
}

function keyOf(slot: number): Uint8Array {
  return Buffer.from(`slot ${slot}`);
}
