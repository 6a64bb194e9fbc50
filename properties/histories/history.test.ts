import { parseEDNString } from 'edn-data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import { historyAsEdn } from '../../models/histories/formats/edn.ts';
import { historyFromText } from '../../models/histories/formats/historyText.ts';
import { historyAsJsonLines } from '../../models/histories/formats/jsonLines.ts';
import { historiesOf } from './histories.ts';

/** Values as they come back from JSON, which has no negative zero. */
const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value): Json => JSON.parse(JSON.stringify(value)))
  .filter((value) => !/\d{16}|e\+/.test(JSON.stringify(value)));

/** Histories with arbitrary values, and a nemesis with arbitrary events. */
const histories: fc.Arbitrary<readonly HistoryEvent[]> = fc
  .tuple(
    historiesOf(4, 2, 30),
    fc.array(fc.record({ at: fc.nat(), f: fc.string({ minLength: 1 }), value: json, error: json }), {
      maxLength: 3,
    }),
    json,
    fc.nat({ max: 1_000_000 }),
  )
  .map(([events, faults, key, step]) => {
    const all: HistoryEvent[] = events.map((event) => {
      const value = Array.isArray(event.value)
        ? [[key, event.value[0] ?? null], event.value[1] ?? null]
        : null;
      return event.type === 'info' ? { ...event, value, error: 'timeout' } : { ...event, value };
    });
    for (const { at, ...fault } of faults) {
      const nemesis = { index: 0, time: 0, process: 'nemesis', type: 'info', ...fault } as const;
      all.splice(at % (all.length + 1), 0, nemesis);
    }
    return all.map((event, index) => ({ ...event, index, time: step * index }));
  })
  .filter((events) => events.length > 0);

describe('a history as text', () => {
  test.each([
    ['EDN', historyAsEdn],
    ['EDN in one vector', (events: readonly HistoryEvent[]) => `[${historyAsEdn(events)}]`],
    ['JSON lines', historyAsJsonLines],
  ])('survives writing and reading as %s', (_, write) => {
    fc.assert(
      fc.property(histories, (events) => {
        const lines = events.map((_, index) => index + 1);
        expect(historyFromText(write(events))).toEqual({ kind: 'history', events, lines });
      }),
    );
  });

  test('is EDN that another reader accepts', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const lines = historyAsEdn(events).trimEnd().split('\n');
        const read = lines.map((line) => parseEDNString(line, { mapAs: 'object', keywordAs: 'string' }));
        // A read that found no key has one field more.
        expect(read.map((event) => Object.assign({}, event, { absent: undefined }))).toEqual(events);
      }),
    );
  });

  test('is read in the form in which Jepsen prints it', () => {
    const text = `; a comment
[#jepsen.history.Op{:index 0, :time 3291485317, :process 0, :type :invoke, :f :write, :value [1 "a\\tb"]}
 #_{:index 77}
 {:type :info, :f :start-partition, :process :nemesis, :index 1, :time 3291485317N,
  :value [:isolated {"n1" #{"n2" n3}, :n2 (true nil -1.5e0)}], :node "n1"}
 {:index 2 :time 3291485318 :process 0 :type :info :f :write :value [1 "a\\tb"] :error :timeout
  :exception {:via [#object[java.lang.Exception 0x6ae2fe68 "no"]]}}]`;
    expect(historyFromText(text)).toEqual({
      kind: 'history',
      lines: [2, 4, 6],
      events: [
        { index: 0, time: 3291485317, process: 0, type: 'invoke', f: 'write', value: [1, 'a\tb'] },
        {
          ...{ index: 1, time: 3291485317, process: 'nemesis', type: 'info', f: 'start-partition' },
          value: [
            { '#keyword': 'isolated' },
            {
              '#map': [
                ['n1', { '#set': ['n2', { '#symbol': 'n3' }] }],
                [{ '#keyword': 'n2' }, [true, null, -1.5]],
              ],
            },
          ],
        },
        {
          ...{ index: 2, time: 3291485318, process: 0, type: 'info', f: 'write', value: [1, 'a\tb'] },
          error: { '#keyword': 'timeout' },
        },
      ],
    });
  });

  test('may end with operations under way', () => {
    const text = '{"index":0,"time":0,"process":0,"type":"invoke","f":"read","value":[1,null]}\n\n';
    expect(historyFromText(text)).toMatchObject({ kind: 'history', lines: [1] });
  });
});

describe('a text that is no history', () => {
  const good = '{"index":0,"time":5,"process":0,"type":"invoke","f":"write","value":[1,2]}';
  const with_ = (changes: object): string => JSON.stringify({ ...JSON.parse(good), ...changes });
  const then = (changes: object): string => `${good}\n\n${with_({ index: 1, ...changes })}`;

  test.each([
    ['', 1, undefined, 'there is no event in this history: give it at least one'],
    ['[]', 1, undefined, 'there is no event in this history: give it at least one'],
    ['hello', 1, undefined, 'an event should be here, a map with named fields, and not hello'],
    [
      `${good}\n{"index":1,`,
      2,
      undefined,
      'this is not JSON: it ends where a key in double quotes should be',
    ],
    [`${good}\n[1]`, 2, undefined, 'an event should be here, a map with named fields, and not [1]'],
    ['{:index 0\n :time', 2, undefined, "this is not EDN: expected '}', found the end of the text"],
    ['{:index 0\n :time}', 1, undefined, 'this is not EDN: this map ends with a key that has no value'],
    ['[{:index 0]', 1, undefined, 'this is not EDN: expected a value, found "]"'],
    ['[] {}', 1, undefined, 'this is not EDN: expected the end of the text, found "{}"'],
    [
      '{:a "\n\\q"}',
      1,
      undefined,
      'this is not EDN: this string has an escape that EDN does not have: "\n\\q"',
    ],
    ['{:a "b', 1, undefined, 'this is not EDN: expected a value, found "\\"b"'],
    ['{:a 1\n:a 2}', 2, undefined, 'this is not EDN: the key :a is given twice'],
    ['{:a 1/0}', 1, undefined, 'this is not EDN: expected a number, a keyword or a symbol, found "1/0}"'],
    ['{:a #{1 2 1}}', 1, undefined, 'this is not EDN: this set has a member twice'],
    ['['.repeat(100_000), 1, undefined, 'this is not EDN: this is nested more than 100 deep'],
    [
      `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      1,
      undefined,
      'this event is nested more than 100 deep',
    ],
    [then({ index: 0 }), 3, 'index', 'must be a whole number above 0, as the events before have, and is 0'],
    [with_({ time: '5' }), 1, 'time', 'must be a whole number of nanoseconds, and is "5"'],
    [with_({ process: 0.5 }), 1, 'process', 'must be a whole number, or a name such as nemesis, and is 0.5'],
    [with_({ process: undefined }), 1, 'process', 'is missing'],
    [with_({ type: 'OK' }), 1, 'type', 'must be invoke, ok, fail or info, and is "OK"'],
    [with_({ f: 7 }), 1, 'f', 'must be the name of an operation, and is 7'],
    [
      then({ process: 1, value: 7 }),
      3,
      'value',
      'must be a list of a key and a value, as at event 0, and is not one: 7. If all values are of one register',
    ],
    [
      `${with_({ value: 7 })}\n${with_({ index: 1, process: 1 })}`,
      2,
      'value',
      'must not be a list of a key and a value, as at event 0, and is one: [1,2]',
    ],
    [
      then({ process: 1, f: 'read', value: null }),
      3,
      'value',
      'must be a list of a key and a value, and is null',
    ],
    [
      '{:process 0 :type :invoke :f :write :value ##NaN}',
      1,
      'value',
      'must be without NaN, which equals no value',
    ],
    [
      good.replace('[1,2]', '[1,9007199254740993]'),
      1,
      'value',
      'must be of whole numbers below 2^53, or of strings',
    ],
    [
      good.replace('[1,2]', '[1,{"a":1e400}]'),
      1,
      'value',
      'must be of whole numbers below 2^53, or of strings',
    ],
    [with_({ type: 'ok' }), 1, 'type', 'must be invoke, and is ok: process 0 has no operation under way'],
    [with_({ type: 'info' }), 1, 'type', 'must be invoke, and is info: process 0 has no operation under way'],
    [
      then({}),
      3,
      'process',
      'must be a process that may invoke, and process 0 has the operation of event 0 under way',
    ],
    [
      then({ type: 'ok', f: 'cas', value: [1, [1, 2]] }),
      3,
      'f',
      'must be "write", as process 0 invoked at event 0, and is "cas"',
    ],
    [
      then({ type: 'ok', value: [2, 2] }),
      3,
      'value',
      'must be of key 1, as process 0 invoked at event 0, and is of',
    ],
    [
      `${then({ type: 'info' })}\n${with_({ index: 2 })}`,
      4,
      'process',
      'must be a process that may invoke, and process 0 ended at event 1 with info: later operations need another process number',
    ],
  ])('is rejected: %s', (text, line, field, message) => {
    const read = historyFromText(text);
    expect(read).toMatchObject({ kind: 'unreadable', line, field });
    expect('message' in read ? read.message : '').toContain(message);
  });

  test('never makes the reader throw, whatever is wrong with it', () => {
    const kinds = { history: 0, unreadable: 0 };
    const corruption = fc.record({
      at: fc.nat(),
      by: fc.string({ maxLength: 3 }),
      length: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(histories, fc.boolean(), corruption, (events, inEdn, { at, by, length }) => {
        const text = inEdn ? historyAsEdn(events) : historyAsJsonLines(events);
        const place = at % text.length;
        kinds[historyFromText(text.slice(0, place) + by + text.slice(place + length)).kind]++;
      }),
      { numRuns: 2000 },
    );
    expect(kinds.history).toBeGreaterThan(50);
    expect(kinds.unreadable).toBeGreaterThan(200);
  });
});
