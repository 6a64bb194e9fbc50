import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec, type Codec, jsonCodec } from '../../impl/node/codec.ts';
import { FrameError, FrameReader, framed } from '../../impl/node/frame.ts';

const codecs: readonly (readonly [string, Codec])[] = [
  ['text', jsonCodec],
  ['binary', binaryCodec],
];
const longest = 4096;
const messages = fc.array(
  fc.record({
    type: fc.string({ unit: 'binary' }),
    number: fc.maxSafeInteger(),
    parts: fc.array(fc.jsonValue()),
  }),
  { maxLength: 6 },
);

function bytesOf(codec: Codec, list: readonly object[]): Buffer {
  return Buffer.concat(list.map((message) => framed(codec, codec.encode(message))));
}

/** What a reader makes of bytes that come in chunks of these sizes, and then of the rest. */
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
  test('carry messages through a stream that is cut anywhere', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 })), (list, sizes) => {
        const normal = list.map((message) => JSON.parse(JSON.stringify(message)));
        expect(readIn(codec, bytesOf(codec, normal), sizes)).toEqual(normal);
      }),
    );
  });

  test('are read, or refused with a FrameError, whatever bytes come', () => {
    let [read, refused] = [0, 0];
    fc.assert(
      fc.property(
        messages,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        fc.uint8Array(),
        (list, at, bit, more) => {
          const bytes = Buffer.concat([bytesOf(codec, list), more]);
          if (bytes.length > 0) {
            const place = at % bytes.length;
            bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << bit), place);
          }
          try {
            readIn(codec, bytes, [7]);
            read++;
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError);
            refused++;
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  test('are refused by their header if they are too long, or of another version', () => {
    const frame = framed(codec, codec.encode({ type: 'x', text: 'y'.repeat(longest) }));
    expect(() => readIn(codec, frame.subarray(0, 5), [])).toThrow(`${longest} is the most`);
    const other = framed({ ...codec, version: 9 }, codec.encode({}));
    expect(() => readIn(codec, other, [])).toThrow('a frame of version 9 came');
  });

  test('hold a message of just the greatest length', () => {
    const empty = codec.encode({ text: 'y'.repeat(longest / 2) }).length;
    const message = { text: 'y'.repeat(longest / 2 + longest - empty) };
    expect(codec.encode(message)).toHaveLength(longest);
    expect(readIn(codec, bytesOf(codec, [message]), [])).toEqual([message]);
  });
});
