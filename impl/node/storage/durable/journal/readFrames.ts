import type { Files } from '../../../platform/files.ts';
import { headerLength } from './fileHeader.ts';
import { bytesOfFrames, type Frame, framesFrom } from './frame.ts';

/** A frame of a file, and the position after it. */
export interface FoundFrame {
  readonly frame: Frame;
  readonly end: number;
}

/** So many bytes are read at once, or a frame that is longer. */
const pieceBytes = 4 * 2 ** 20;

/**
 * The frames in the first `length` bytes of a file, up to the first that is corrupt. The file is read in pieces, each while the
 * frames of the one before are dealt with.
 */
export async function* framesIn(
  files: Files,
  path: string,
  length: number,
  seed: bigint,
): AsyncGenerator<FoundFrame> {
  const read = async (position: number, most: number): Promise<Buffer> =>
    (await files.read(path, position, Math.min(most, length - position))) ?? Buffer.alloc(0);
  let ahead = read(headerLength, pieceBytes);
  for (let position = headerLength; position < length; ) {
    let bytes = await ahead;
    const whole = bytesOfFrames(bytes);
    if (whole === 0 || position + whole > length) return;
    if (whole > bytes.length) bytes = await read(position, whole);
    const next = position + whole;
    ahead = read(next, pieceBytes);
    // If it fails after the last frame was asked for, there is nothing to be told.
    ahead.catch(() => undefined);
    let last = 0;
    for (const frame of framesFrom(bytes.subarray(0, whole), 0, seed)) {
      last = frame.end;
      yield { frame, end: position + last };
    }
    if (last !== whole) return;
    position = next;
  }
}
