import xxhash from 'xxhash-wasm';
import type { Codec } from '../encoding/codec.ts';

const { h32Raw } = await xxhash();

/**
 * How many bytes stand before a frame's contents: their length and their checksum, in four bytes each with the highest
 * first, and the codec's version. TCP's own checksum lets one harmed segment in some ten thousand pass.
 */
const headerLength = 9;

/** The bytes that carry one message. */
export function framed({ version }: Codec, contents: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerLength + contents.length);
  frame.writeUInt32BE(contents.length, 0);
  frame.writeUInt32BE(h32Raw(contents, version), 4);
  frame.writeUInt8(version, 8);
  frame.set(contents, headerLength);
  return frame;
}

/** Thrown where bytes are no frames. Nothing that follows on the same connection can be read. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Takes bytes as they come in, and yields the messages in them as soon as they are whole. */
export class FrameReader {
  private readonly codec: Codec;
  private readonly longest: number;
  private rest: Buffer = Buffer.alloc(0);

  /** Frames with contents of more than `longest` bytes are refused before any memory is spent on them. */
  constructor(codec: Codec, longest: number) {
    this.codec = codec;
    this.longest = longest;
  }

  /** Throws a FrameError at the first bytes that are not a frame of this codec. What was yielded before is sound. */
  *read(chunk: Buffer): Generator<unknown> {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    while (bytes.length - start >= headerLength) {
      const end = start + headerLength + this.lengthAt(bytes, start);
      if (end > bytes.length) break;
      const contents = bytes.subarray(start + headerLength, end);
      if (h32Raw(contents, this.codec.version) !== bytes.readUInt32BE(start + 4))
        throw new FrameError('the checksum of a frame is not that of its contents');
      start = end;
      yield this.decoded(contents);
    }
    this.rest = bytes.subarray(start);
  }

  private lengthAt(bytes: Buffer, start: number): number {
    const length = bytes.readUInt32BE(start);
    const version = bytes.readUInt8(start + 8);
    if (version !== this.codec.version)
      throw new FrameError(
        `a frame of version ${version} came, and version ${this.codec.version} is spoken here`,
      );
    if (length > this.longest)
      throw new FrameError(`a frame of ${length} bytes came, and ${this.longest} is the most`);
    return length;
  }

  private decoded(contents: Uint8Array): unknown {
    try {
      return this.codec.decode(contents);
    } catch (error) {
      throw new FrameError(
        `a frame cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
