import { crc32c, masked } from './crc32c.ts';
import { allOrNone, Cursor } from './cursor.ts';
import type { Version } from './tables.ts';

const blockLength = 32 * 1024;
const headerLength = 7;
/** Whether a record is a whole batch, or the first, a middle, or the last part of one. */
const kinds = { whole: 1, first: 2, middle: 3, last: 4 } as const;

/** The versions in a journal of LevelDB's: those in batches that are complete and intact. */
export function* versionsInJournal(bytes: Buffer): Generator<Version> {
  for (const batch of batchesIn(bytes)) if (batch !== undefined) yield* allOrNone(versionsIn(batch));
}

function* versionsIn(batch: Buffer): Generator<Version> {
  const cursor = new Cursor(batch);
  let sequence = cursor.take(8).readBigUInt64LE();
  cursor.take(4);
  while (!cursor.isAtEnd) {
    const isPut = cursor.byte() === 1;
    yield { key: cursor.counted(), value: isPut ? cursor.counted() : undefined, sequence: sequence++ };
  }
}

/** The batches; undefined for a corrupt one. The rest of its block is skipped, because the next record's place is unknown. */
function* batchesIn(bytes: Buffer): Generator<Buffer | undefined> {
  let parts: Buffer[] | undefined;
  for (const record of recordsIn(bytes)) {
    if (record === undefined) {
      parts = undefined;
      yield undefined;
      continue;
    }
    const { kind, part } = record;
    if (kind === kinds.whole || kind === kinds.first) parts = [];
    parts?.push(part);
    if (parts === undefined || kind === kinds.first || kind === kinds.middle) continue;
    yield Buffer.concat(parts);
    parts = undefined;
  }
  if (parts !== undefined) yield undefined;
}

interface JournalRecord {
  readonly kind: number;
  readonly part: Buffer;
}

function* recordsIn(bytes: Buffer): Generator<JournalRecord | undefined> {
  for (let start = 0; start < bytes.length; start += blockLength) {
    const block = bytes.subarray(start, start + blockLength);
    let at = 0;
    while (at + headerLength <= block.length) {
      const end = at + headerLength + block.readUInt16LE(at + 4);
      const checked = block.subarray(at + 6, end);
      if (end > block.length || masked(crc32c(checked)) !== block.readUInt32LE(at)) break;
      yield { kind: checked.readUInt8(), part: checked.subarray(1) };
      at = end;
    }
    // A record's header may not fit at the end of a block, but the file does not end so.
    if (at + headerLength <= block.length || (at < block.length && block.length < blockLength))
      yield undefined;
  }
}
