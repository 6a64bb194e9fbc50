import { crc32c, masked } from './crc32c.ts';
import { Cursor } from './cursor.ts';

/** What was put under a key at some time, or that it was deleted then. */
export interface Version {
  readonly key: Buffer;
  /** Later versions have higher ones. */
  readonly sequence: bigint;
  /** Undefined: deleted. */
  readonly value: Buffer | undefined;
}

/** What is intact in one of the library's tables, and what is not. */
export interface TableReading {
  /** Whether it ends as tables do: the end is written last, and without it the library refuses the table by itself. */
  readonly isFinished: boolean;
  /** Blocks of versions whose checksums are right. */
  readonly blocks: readonly Buffer[];
  readonly corruptions: readonly string[];
}

const magic = 0xdb4775248b80fb57n;
const footerLength = 48;
/** After each block: how it is compressed, and a checksum. */
const trailerLength = 5;
const uncompressed = 0;

/**
 * Reads a table and looks at all checksums in it. The library does not do that by itself, and where it comes upon harm in
 * its tables it may take the whole process down with it; so none may be shown to it that was not read here first.
 * A footer says where the index is, which says where each block is.
 */
export function readTable(bytes: Buffer): TableReading {
  const footer = bytes.subarray(Math.max(bytes.length - footerLength, 0));
  const isFinished = footer.length === footerLength && footer.readBigUInt64LE(footerLength - 8) === magic;
  try {
    const cursor = new Cursor(footer);
    const [meta, index] = [blockAt(bytes, cursor), blockAt(bytes, cursor)];
    if (index === undefined) return { isFinished, blocks: [], corruptions: ['its index is harmed'] };
    const data = contentsOf(bytes, index);
    const filters = meta === undefined ? [undefined] : contentsOf(bytes, meta);
    const harms = [...data, ...filters].flatMap((block) =>
      block === undefined ? ['a block is harmed'] : [],
    );
    return { isFinished, blocks: data.filter((block) => block !== undefined), corruptions: harms };
  } catch (error) {
    if (error instanceof RangeError) return { isFinished, blocks: [], corruptions: [error.message] };
    throw error;
  }
}

/** The blocks that an index names, and undefined for each that is harmed. */
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

/** A block: keys, of which each shares so many bytes with the one before, with values; and places in it, unused here. */
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

/** The versions in a block: a key ends with the number of its version, and whether that deletes. */
export function* versionsIn(block: Buffer): Generator<Version> {
  for (const [key, value] of pairsIn(block)) {
    const tag = key.readBigUInt64LE(key.length - 8);
    const isPut = (tag & 0xffn) === 1n;
    yield { key: key.subarray(0, -8), sequence: tag >> 8n, value: isPut ? value : undefined };
  }
}
