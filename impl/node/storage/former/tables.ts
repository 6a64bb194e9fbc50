import { crc32c, masked } from './crc32c.ts';
import { Cursor } from './cursor.ts';

/** One version of a key's value, or its deletion. */
export interface Version {
  readonly key: Buffer;
  /** Later versions have higher numbers. */
  readonly sequence: bigint;
  /** Undefined: the key was deleted. */
  readonly value: Buffer | undefined;
}

const footerLength = 48;
/** A block is followed by its compression and its checksum. */
const trailerLength = 5;
const uncompressed = 0;

/** The blocks of a table of LevelDB's whose checksums are right. The footer locates the index, which locates the blocks. */
export function blocksIn(bytes: Buffer): readonly Buffer[] {
  const footer = bytes.subarray(Math.max(bytes.length - footerLength, 0));
  try {
    const cursor = new Cursor(footer);
    // The first handle is that of filters.
    cursor.varint();
    cursor.varint();
    const index = blockAt(bytes, cursor);
    return index === undefined ? [] : contentsOf(bytes, index).filter((block) => block !== undefined);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** The blocks that an index names; undefined for a corrupt one. */
function contentsOf(bytes: Buffer, index: Buffer): readonly (Buffer | undefined)[] {
  return [...pairsIn(index)].map(([, handle]) => blockAt(bytes, new Cursor(handle)));
}

function blockAt(bytes: Buffer, handle: Cursor): Buffer | undefined {
  const [offset, size] = [handle.varint(), handle.varint()];
  const trailer = bytes.subarray(offset + size, offset + size + trailerLength);
  if (trailer.length < trailerLength || trailer[0] !== uncompressed) return undefined;
  const isIntact = masked(crc32c(bytes.subarray(offset, offset + size + 1))) === trailer.readUInt32LE(1);
  return isIntact ? bytes.subarray(offset, offset + size) : undefined;
}

/** The pairs of a block. A key shares its first bytes with the one before it. The block ends with restart points, unused here. */
function* pairsIn(block: Buffer): Generator<readonly [key: Buffer, value: Buffer]> {
  const places = block.readUInt32LE(block.length - 4);
  const cursor = new Cursor(block.subarray(0, Math.max(block.length - 4 * (places + 1), 0)));
  let key: Buffer = Buffer.alloc(0);
  while (!cursor.isAtEnd) {
    const [shared, own, length] = [cursor.varint(), cursor.varint(), cursor.varint()];
    key = Buffer.concat([key.subarray(0, shared), cursor.take(own)]);
    yield [key, cursor.take(length)];
  }
}

/** The versions in a block. A key ends with its sequence number and a byte that tells puts from deletions. */
export function* versionsIn(block: Buffer): Generator<Version> {
  for (const [key, value] of pairsIn(block)) {
    const tag = key.readBigUInt64LE(key.length - 8);
    const isPut = (tag & 0xffn) === 1n;
    yield { key: key.subarray(0, -8), sequence: tag >> 8n, value: isPut ? value : undefined };
  }
}
