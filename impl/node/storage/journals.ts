import { crc32c, masked } from './crc32c.ts';
import { Cursor } from './cursor.ts';
import type { Version } from './tables.ts';

const blockLength = 32 * 1024;
const headerLength = 7;
/** Whether a record is all of a batch, or the first, a middle, or the last part of one. */
const kinds = { whole: 1, first: 2, middle: 3, last: 4 } as const;

/** The versions in one of the library's journals: those in the batches that are whole and intact. */
export function* journalled(bytes: Buffer): Generator<Version> {
  for (const batch of batchesIn(bytes)) {
    const cursor = new Cursor(batch);
    let sequence = cursor.take(8).readBigUInt64LE();
    cursor.take(4);
    while (!cursor.isAtEnd) {
      const isPut = cursor.byte() === 1;
      yield { key: cursor.counted(), value: isPut ? cursor.counted() : undefined, sequence: sequence++ };
    }
  }
}

/** After harm the rest of a block is passed over, since it is not known where the next record begins. */
function* batchesIn(bytes: Buffer): Generator<Buffer> {
  let parts: Buffer[] | undefined;
  for (let start = 0; start < bytes.length; start += blockLength) {
    const block = bytes.subarray(start, start + blockLength);
    for (let at = 0; at + headerLength <= block.length; ) {
      const length = block.readUInt16LE(at + 4);
      const end = at + headerLength + length;
      const isIntact =
        end <= block.length && masked(crc32c(block.subarray(at + 6, end))) === block.readUInt32LE(at);
      const kind = isIntact ? block[at + 6] : undefined;
      if (kind === kinds.whole || kind === kinds.first) parts = [];
      if (kind === undefined) parts = undefined;
      parts?.push(block.subarray(at + headerLength, end));
      if (parts !== undefined && (kind === kinds.whole || kind === kinds.last)) {
        yield Buffer.concat(parts);
        parts = undefined;
      }
      if (kind === undefined) break;
      at = end;
    }
  }
}
