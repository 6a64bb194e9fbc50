import { decode, encode } from '@msgpack/msgpack';

/** Encodes one message as bytes. `decode` yields an unvalidated value. */
export interface Codec {
  /** Each frame carries this byte. It tells the codec, and the layout of the messages that it carries. */
  readonly version: number;
  /** The bytes of a message. */
  encode(message: object): Uint8Array;
  /** Throws an Error if the bytes are not of this codec. */
  decode(bytes: Uint8Array): unknown;
  /** Why this codec cannot carry a JSON value, as a sentence; undefined if it can. */
  encodingProblem(value: unknown): string | undefined;
}

const text = new TextDecoder('utf-8', { fatal: true });

/** JSON: readable on the wire. */
export const jsonCodec: Codec = {
  version: 15,
  encode: (message) => Buffer.from(JSON.stringify(message)),
  decode: (bytes) => JSON.parse(text.decode(bytes)),
  encodingProblem: () => undefined,
};

/** MessagePack: a quarter smaller, about as fast. Its library reads no object with a field named `__proto__`. */
export const binaryCodec: Codec = {
  version: 16,
  encode,
  decode,
  // A field's name within a JSON string would have its quotation marks escaped.
  encodingProblem: (value) =>
    JSON.stringify({ value }).includes('"__proto__":')
      ? 'the binary codec carries no field named __proto__: use the text codec, or another name'
      : undefined,
};
