import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configure, type Entry, keyValueService, Log, LogSuffix, noEnd } from '../../impl/index.ts';
import { decodeEntry, decodeLeaf, decodeSuffix, encodeSuffix } from '../../impl/node/encoding/logEncoding.ts';
import { encodeEntry } from '../../impl/replica/data/entry.ts';

const configuration = configure(3, 'durable', keyValueService);
const whole = fc.nat(Number.MAX_SAFE_INTEGER);

const entries: fc.Arbitrary<Entry> = fc.record({
  type: fc.constant('REQUEST' as const),
  operation: fc.record({
    type: fc.constant('set'),
    key: fc.string({ unit: 'binary' }),
    // JSON does not preserve minus zero, nor names like __proto__.
    value: fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value))),
  }),
  clientId: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  session: fc.integer({ min: 1 }),
  requestNumber: fc.integer({ min: 1 }),
  predicted: fc.record({ time: whole, random: fc.nat(2 ** 32 - 1) }),
});

/** The value after a journey as JSON text. */
function sent(plain: unknown): unknown {
  return JSON.parse(Buffer.from(JSON.stringify(plain)).toString('utf8'));
}

test('a decoded entry equals the encoded one', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      expect(decodeEntry(configuration, sent(encodeEntry(entry)))).toEqual(entry);
    }),
  );
});

test('a decoded log suffix equals the encoded one', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 5 }), fc.nat(100), (all, after) => {
      const suffix = all.reduce((log, entry) => log.append(entry), Log.after(after, noEnd)).suffix(after);
      const back = decodeSuffix(configuration, sent(encodeSuffix(suffix)));
      if (!(back instanceof LogSuffix)) throw new Error(back);
      expect([back.toJSON(), back.checksum]).toEqual([suffix.toJSON(), suffix.checksum]);
    }),
  );
});

const good = ['c', 1, 1, 0, 0, { type: 'get', key: 'a' }];

describe('decoding', () => {
  test.each([
    [null],
    [{}],
    [good.slice(1)],
    [[...good, 1]],
    [good.with(0, '')],
    [good.with(1, 0)],
    [good.with(2, 1.5)],
    [good.with(3, -1)],
    [good.with(4, 2 ** 32)],
    [good.with(5, { type: 'fly', key: 'a' })],
  ])('rejects the entry %j', (plain) => {
    expect(decodeEntry(configuration, good)).not.toBeTypeOf('string');
    expect(decodeEntry(configuration, plain)).toBeTypeOf('string');
    expect(decodeSuffix(configuration, { after: 3, entries: [good, plain] })).toBeTypeOf('string');
  });

  test.each([[null], [{ after: -1, entries: [] }], [{ after: 0 }], [{ after: 0, entries: [], more: 1 }]])(
    'rejects the log suffix %j',
    (plain) => expect(decodeSuffix(configuration, plain)).toBeTypeOf('string'),
  );

  test.each([[null], [[['a']]], [[[1, 2]]], [[['a', undefined]]], [[['a', 1, 2]]]])(
    'rejects the leaf %j',
    (plain) => {
      expect(decodeLeaf('state', plain)).toBeTypeOf('string');
    },
  );

  test('rejects a malformed row of the client-table', () => {
    const line = { session: 0, requestNumber: 1, results: [null], opNumber: 1 };
    expect(decodeLeaf('table', [['c', line]])).toEqual([['c', line]]);
    expect(decodeLeaf('table', [['c', { ...line, results: [1, 2] }]])).toBeTypeOf('string');
  });
});
