import xxhash from 'xxhash-wasm';
import { headerBytes } from '../cluster/cluster.ts';
import type { Codec } from '../encoding/codec.ts';

const { h32Raw } = await xxhash();

/*
 * A frame begins with the length and the checksum of its contents, four bytes each, big-endian, then the codec's version: these
 * are `headerBytes`. TCP's own checksum misses about one corrupt segment in ten thousand.
 */

/** The frame that carries one message. */
export function framed({ version }: Codec, contents: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + contents.length);
  frame.writeUInt32BE(contents.length, 0);
  frame.writeUInt32BE(h32Raw(contents, version), 4);
  frame.writeUInt8(version, 8);
  frame.set(contents, headerBytes);
  return frame;
}

/** The bytes are no frame. Nothing after them on the same connection can be read. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const nothing = Buffer.alloc(0);

/** Takes bytes as they arrive, and yields each message once its frame is complete. */
export class FrameReader {
  private readonly codec: Codec;
  private readonly longest: number;
  private rest: Buffer = nothing;

  /** Frames with contents of more than `longest` bytes are rejected before memory is allocated for them. */
  constructor(codec: Codec, longest: number) {
    this.codec = codec;
    this.longest = longest;
  }

  /** Throws a FrameError at the first bytes that are no frame of this codec. Messages yielded before it are sound. */
  *read(chunk: Buffer): Generator<unknown> {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    while (bytes.length - start >= headerBytes) {
      const end = start + headerBytes + this.lengthAt(bytes, start);
      if (end > bytes.length) break;
      const contents = bytes.subarray(start + headerBytes, end);
      if (h32Raw(contents, this.codec.version) !== bytes.readUInt32BE(start + 4))
        throw new FrameError('the checksum of a frame is not that of its contents');
      start = end;
      yield this.decoded(contents);
    }
    this.rest = start < bytes.length ? bytes.subarray(start) : nothing;
  }

  private lengthAt(bytes: Buffer, start: number): number {
    const length = bytes.readUInt32BE(start);
    const version = bytes.readUInt8(start + 8);
    if (version !== this.codec.version)
      throw new FrameError(
        `a frame of version ${version} came, and this end speaks version ${this.codec.version}: compare the codec in the files, and the ` +
          'versions of the programs',
      );
    if (length > this.longest)
      throw new FrameError(`a frame of ${length} bytes came, and the limit is ${this.longest}`);
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
