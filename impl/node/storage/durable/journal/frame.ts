import xxhash from 'xxhash-wasm';

const { h64Raw } = await xxhash();

/**
 * The frames of a journal. A frame is a header of 40 bytes and a payload, padded with zeros to a multiple of 8 bytes. All numbers
 * are big-endian:
 *
 *     0  checksum of the bytes from 8 to the end of the payload (xxHash64)
 *     8  ff 56 53 52: no text in UTF-8 contains it
 *    12  length of the payload
 *    16  checksum of the frame before it: the frames form a chain
 *    24  number of the frame, one more than that of the frame before it
 *    32  op-number of the log's last entry after the frame
 *    40  payload, in UTF-8
 */
export interface Frame {
  readonly number: number;
  readonly opNumber: number;
  /** The checksum of the frame before it. */
  readonly previous: bigint;
  readonly checksum: bigint;
  readonly payload: Buffer;
  /** The place of its first byte in its file, and that of the first byte after it. */
  readonly start: number;
  readonly end: number;
}

const headLength = 40;
const alignment = 8;
const mark = 0xff565352;
const checksumLength = 8;
const largestPayload = 2 ** 31 - 1;

/** The frame as bytes. The seed tells its file from any other, so that no frame counts in another file. */
export function encodeFrame(
  seed: bigint,
  { number, opNumber, previous }: Pick<Frame, 'number' | 'opNumber' | 'previous'>,
  payload: string,
): { readonly bytes: Buffer; readonly checksum: bigint } {
  const length = Buffer.byteLength(payload);
  if (length > largestPayload) throw new RangeError('A frame is too long.');
  const bytes = Buffer.allocUnsafe(padded(headLength + length));
  bytes.fill(0, headLength + length);
  bytes.writeUInt32BE(mark, 8);
  bytes.writeUInt32BE(length, 12);
  bytes.writeBigUInt64BE(previous, 16);
  bytes.writeBigUInt64BE(BigInt(number), 24);
  bytes.writeBigUInt64BE(BigInt(opNumber), 32);
  bytes.write(payload, headLength);
  const checksum = h64Raw(bytes.subarray(checksumLength, headLength + length), seed);
  bytes.writeBigUInt64BE(checksum);
  return { bytes, checksum };
}

/** The intact frame at this place, or undefined if there is none. */
function frameAt(bytes: Buffer, start: number, seed: bigint): Frame | undefined {
  if (start + headLength > bytes.length || bytes.readUInt32BE(start + 8) !== mark) return undefined;
  const end = start + headLength + bytes.readUInt32BE(start + 12);
  if (end > bytes.length) return undefined;
  const checksum = bytes.readBigUInt64BE(start);
  if (h64Raw(bytes.subarray(start + checksumLength, end), seed) !== checksum) return undefined;
  return {
    number: Number(bytes.readBigUInt64BE(start + 24)),
    opNumber: Number(bytes.readBigUInt64BE(start + 32)),
    previous: bytes.readBigUInt64BE(start + 16),
    checksum,
    payload: bytes.subarray(start + headLength, end),
    start,
    end: padded(end),
  };
}

/** All intact frames from this place on, in order. Where there is none, the next one is searched for. */
export function* framesFrom(bytes: Buffer, from: number, seed: bigint): Generator<Frame> {
  for (let at = from; at + headLength <= bytes.length; ) {
    const frame = frameAt(bytes, at, seed);
    if (frame !== undefined) yield frame;
    at = frame?.end ?? nextMark(bytes, at + alignment);
  }
}

/** How many of these bytes whole frames take, if the lengths in them are right; of a first frame that goes on after them, all its bytes. */
export function bytesOfFrames(bytes: Buffer): number {
  let end = 0;
  while (end + headLength <= bytes.length) {
    const next = end + padded(headLength + bytes.readUInt32BE(end + 12));
    if (next > bytes.length) return end === 0 ? next : end;
    end = next;
  }
  return end;
}

/** The next place at which a frame may begin. */
function nextMark(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(markBytes, from + 8); at >= 0; at = bytes.indexOf(markBytes, at + 1))
    if (at % alignment === 0) return at - 8;
  return bytes.length;
}

const markBytes = Buffer.alloc(4);
markBytes.writeUInt32BE(mark);

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
