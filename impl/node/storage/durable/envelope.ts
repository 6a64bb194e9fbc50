import xxhash from 'xxhash-wasm';

const { h64Raw } = await xxhash();

/** The version of the layout of everything stored. Files of another version are not interpreted, those of layout 5 apart. */
export const layout = 6;

/**
 * Wraps a payload with a checksum and the layout's version. The checksum covers the key, so that no record is taken for that
 * of another key. In all versions the first 8 bytes are the checksum, and the next is the version.
 */
export function wrap(key: Uint8Array, payload: string, version = layout, seed = 0n): Buffer {
  const length = Buffer.byteLength(payload);
  const bytes = Buffer.allocUnsafe(head + key.length + length);
  bytes[checksumLength] = version;
  bytes.set(key, head);
  bytes.write(payload, head + key.length);
  bytes.writeBigUInt64BE(h64Raw(bytes.subarray(checksumLength), seed));
  return bytes;
}

/** Unwraps a payload, as a JSON value. Detects corruption, and records of another version. */
export function unwrap(key: Uint8Array, bytes: Uint8Array, version = layout, seed = 0n): EnvelopeContents {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < head) return { corruption: 'too short' };
  if (buffer.readBigUInt64BE() !== h64Raw(buffer.subarray(checksumLength), seed))
    return { corruption: 'its checksum is wrong' };
  if (buffer[checksumLength] !== version)
    return { corruption: 'it is in another layout', otherVersion: buffer.readUInt8(checksumLength) };
  const body = head + key.length;
  if (!buffer.subarray(head, body).equals(key)) return { corruption: 'it belongs to another key' };
  try {
    return { value: JSON.parse(buffer.toString('utf8', body)) };
  } catch {
    return { corruption: 'it is no JSON' };
  }
}

/** An unwrapped payload, still to be validated, or why there is none. */
export type EnvelopeContents =
  | { readonly value: unknown; readonly corruption?: never; readonly otherVersion?: never }
  | { readonly corruption: string; readonly otherVersion?: number };

const checksumLength = 8;
const head = checksumLength + 1;
