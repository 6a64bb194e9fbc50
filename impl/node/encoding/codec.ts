import { decode, encode } from '@msgpack/msgpack';

/** How one message is written into a frame. Whatever `decode` yields has yet to be looked at: it may be anything. */
export interface Codec {
  /** By this byte the other end knows how a frame is to be read. */
  readonly version: number;
  encode(message: object): Uint8Array;
  /** Throws an Error if the bytes are not of this codec. */
  decode(bytes: Uint8Array): unknown;
  /** Why a value of JSON cannot be carried: nobody would be able to read the frame. Undefined if it can be. */
  encodingProblem(value: unknown): string | undefined;
}

const text = new TextDecoder('utf-8', { fatal: true });

/** Readable on the wire. */
export const jsonCodec: Codec = {
  version: 1,
  encode: (message) => Buffer.from(JSON.stringify(message)),
  decode: (bytes) => JSON.parse(text.decode(bytes)),
  encodingProblem: () => undefined,
};

/** MessagePack: a quarter smaller, and about as fast. Its library reads no object with a field named `__proto__`. */
export const binaryCodec: Codec = {
  version: 2,
  encode,
  decode,
  // In a text within the JSON the quotation marks would be escaped.
  encodingProblem: (value) =>
    JSON.stringify({ value }).includes('"__proto__":')
      ? 'the binary codec carries no field named __proto__: use the text codec, or another name'
      : undefined,
};
