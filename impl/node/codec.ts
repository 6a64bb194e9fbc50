import { Packr } from 'msgpackr';

/** How one message is written into a frame. Whatever `decode` yields has yet to be looked at: it may be anything. */
export interface Codec {
  /** By this byte the other end knows how a frame is to be read. */
  readonly version: number;
  encode(message: object): Uint8Array;
  /** Throws an Error if the bytes are not of this codec. */
  decode(bytes: Uint8Array): unknown;
}

/** Readable on the wire, and larger. */
export const jsonCodec: Codec = {
  version: 1,
  encode: (message) => Buffer.from(JSON.stringify(message)),
  decode: (bytes) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
};

// Without records every frame can be read on its own.
const packr = new Packr({ useRecords: false, variableMapSize: true });

/** MessagePack: smaller, and read and written about twice as fast. */
export const binaryCodec: Codec = {
  version: 2,
  encode: (message) => packr.pack(message),
  decode: (bytes) => packr.unpack(bytes),
};
