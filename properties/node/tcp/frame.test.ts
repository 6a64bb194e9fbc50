import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec, type Codec, jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { FrameError, FrameReader, framed } from '../../../impl/node/tcp/frame.ts';

const codecs: readonly (readonly [string, Codec])[] = [
  ['text', jsonCodec],
  ['binary', binaryCodec],
];
const longest = 4096;
/** Number of corrupt frames tried with each codec in each manner; a million in all now and then. */
const runs = Number(process.env.VIEWSTAMPED_CORRUPT_FRAMES ?? 2_000);
const message = fc.record({
  type: fc.string({ unit: 'binary' }),
  number: fc.maxSafeInteger(),
  parts: fc.array(fc.jsonValue()),
});

function bytesOf(codec: Codec, list: readonly object[]): Buffer {
  return Buffer.concat(list.map((message) => framed(codec, codec.encode(message))));
}

/** The messages that a reader yields for bytes in chunks of these sizes, and then the rest. */
function readIn(codec: Codec, bytes: Buffer, sizes: readonly number[]): readonly unknown[] {
  const reader = new FrameReader(codec, longest);
  const read: unknown[] = [];
  let rest = bytes;
  for (const size of [...sizes, bytes.length]) {
    read.push(...reader.read(rest.subarray(0, size)));
    rest = rest.subarray(size);
  }
  return read;
}

describe.each(codecs)('frames with the %s codec', (_, codec) => {
  const carried = message.filter(({ parts }) => codec.encodingProblem(parts) === undefined);
  const messages = fc.array(carried, { maxLength: 6 });

  test('carry messages through a stream that is cut anywhere', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 })), (list, sizes) => {
        const normal = list.map((message) => JSON.parse(JSON.stringify(message)));
        expect(readIn(codec, bytesOf(codec, normal), sizes)).toEqual(normal);
      }),
    );
  });

  test('are rejected with a FrameError, and never read, if one bit is flipped', () => {
    let [rejected, awaited] = [0, 0];
    fc.assert(
      fc.property(messages, fc.nat(), fc.integer({ min: 0, max: 7 }), (list, at, bit) => {
        const bytes = bytesOf(codec, list);
        if (bytes.length === 0) return;
        const place = at % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << bit), place);
        const reader = new FrameReader(codec, longest);
        const read: unknown[] = [];
        try {
          for (const message of reader.read(bytes)) read.push(message);
          // A length that exceeds the bytes can only be waited for.
          awaited++;
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
          rejected++;
        }
        expect(read).toEqual(JSON.parse(JSON.stringify(list.slice(0, read.length))));
        expect(read.length).toBeLessThan(list.length);
      }),
      { numRuns: runs },
    );
    expect(rejected).toBeGreaterThan(runs / 2);
    expect(awaited).toBeGreaterThan(0);
  });

  test('are rejected or waited for, whatever bytes come', () => {
    let rejected = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(readIn(codec, Buffer.from(bytes), [7])).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
          rejected++;
        }
      }),
      { numRuns: runs },
    );
    expect(rejected).toBeGreaterThan(runs / 10);
  });

  test('carry a field named __proto__, or the codec says beforehand that they cannot', () => {
    const value = JSON.parse('{"a":[{"__proto__":1}],"b":"\\"__proto__\\":"}');
    const there = codec.encodingProblem(value) === undefined && codec.decode(codec.encode(value));
    expect(codec.encodingProblem(value.b)).toBeUndefined();
    if (there === false) expect(() => codec.decode(codec.encode(value))).toThrow('__proto__');
    else expect(JSON.stringify(there)).toBe(JSON.stringify(value));
  });

  test('are waited for if they are cut short, and the last one is not read', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (list, cut) => {
        const normal = list.map((message) => JSON.parse(JSON.stringify(message)));
        const bytes = bytesOf(codec, normal);
        if (bytes.length === 0) return;
        const read = readIn(codec, bytes.subarray(0, cut % bytes.length), []);
        expect(read).toEqual(normal.slice(0, read.length));
        expect(read.length).toBeLessThan(normal.length);
      }),
      { numRuns: runs },
    );
  });

  test('are rejected by their header if they are too long, or of another version', () => {
    const frame = framed(codec, codec.encode({ type: 'x', text: 'y'.repeat(longest) }));
    expect(() => readIn(codec, frame.subarray(0, 9), [])).toThrow(`the limit is ${longest}`);
    const other = framed({ ...codec, version: 99 }, codec.encode({}));
    expect(() => readIn(codec, other, [])).toThrow('a frame of version 99 came');
  });

  test('hold a message of exactly the greatest length', () => {
    const empty = codec.encode({ text: 'y'.repeat(longest / 2) }).length;
    const message = { text: 'y'.repeat(longest / 2 + longest - empty) };
    expect(codec.encode(message)).toHaveLength(longest);
    expect(readIn(codec, bytesOf(codec, [message]), [])).toEqual([message]);
  });
});
