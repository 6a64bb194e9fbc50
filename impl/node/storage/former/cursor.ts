/** Reads bytes from first to last. Throws a RangeError if there are too few, since the bytes may be corrupt. */
export class Cursor {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new RangeError('There are too few bytes.');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  /** Seven bits a byte, the lowest first; the eighth tells whether another byte follows. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('A number is too long.');
  }

  /** Bytes preceded by their length. */
  counted(): Buffer {
    return this.take(this.varint());
  }
}

/** All items, or none if the bytes end too early: then they are no list of such items. */
export function allOrNone<Item>(read: Iterable<Item>): readonly Item[] {
  try {
    return [...read];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
