import xxhash from 'xxhash-wasm';

const { h64Raw } = await xxhash();

/** The layout of everything that is stored. What another version wrote is not guessed at. */
export const version = 1;

/**
 * A payload under a checksum that covers its key too, so that it is not taken for another, and a seed, so that one from
 * another directory is not taken for one of this. In any version 8 bytes of checksum come first, and the version next.
 */
export function wrap(key: Uint8Array, payload: string, seed: bigint): Buffer {
  const length = Buffer.byteLength(payload);
  const bytes = Buffer.allocUnsafe(head + key.length + length);
  bytes[checksumLength] = version;
  bytes.set(key, head);
  bytes.write(payload, head + key.length);
  bytes.writeBigUInt64BE(h64Raw(bytes.subarray(checksumLength), seed));
  return bytes;
}

/** The payload that was sealed, as the JSON value it is, or why there is none. */
export function unwrap(key: Uint8Array, bytes: Uint8Array, seed: bigint): EnvelopeContents {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < head) return { harm: 'too short' };
  if (buffer.readBigUInt64BE() !== h64Raw(buffer.subarray(checksumLength), seed))
    return { harm: 'its checksum is wrong' };
  if (buffer[checksumLength] !== version)
    return { harm: 'it is in another layout', otherVersion: buffer.readUInt8(checksumLength) };
  const body = head + key.length;
  if (!buffer.subarray(head, body).equals(key)) return { harm: 'it belongs elsewhere' };
  try {
    return { value: JSON.parse(buffer.toString('utf8', body)) };
  } catch {
    return { harm: 'it is no JSON' };
  }
}

/** What came of opening a sealed payload: a value still to be validated, or why there is none. */
export type EnvelopeContents =
  | { readonly value: unknown; readonly harm?: never; readonly otherVersion?: never }
  | { readonly harm: string; readonly otherVersion?: number };

const checksumLength = 8;
const head = checksumLength + 1;
