import type { StoredFile } from '../../../platform/files.ts';
import { encodeHeader, type FramedFile, headerLength, seedOf } from './fileHeader.ts';
import { encodeFrame } from './frame.ts';
import type { PlannedFrame } from './frameContent.ts';

/** The frames of a file. */
export interface WrittenFrames {
  /** The position after the last one. */
  readonly position: number;
  /** The number and the checksum of the last one. */
  readonly number: number;
  readonly checksum: bigint;
  /** The largest op-number among them. */
  readonly largest: number;
}

/** Writes the header of a file, and frames that begin a chain. They are not durable yet. */
export async function writeFrames(
  file: StoredFile,
  framed: FramedFile,
  frames: Iterable<PlannedFrame>,
): Promise<WrittenFrames> {
  await file.write(0, encodeHeader(framed));
  let end: WrittenFrames = { position: headerLength, number: 0, checksum: 0n, largest: 0 };
  for (const { payload, opNumber } of frames) {
    const number = end.number + 1;
    const { bytes, checksum } = encodeFrame(
      seedOf(framed),
      { number, opNumber, previous: end.checksum },
      payload,
    );
    await file.write(end.position, bytes);
    const position = end.position + bytes.length;
    end = { position, number, checksum, largest: Math.max(end.largest, opNumber) };
  }
  return end;
}
