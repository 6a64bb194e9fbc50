import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../models/histories/check.ts';
import { historyAsEdn } from '../../models/histories/formats/edn.ts';
import { numberIn } from '../../models/histories/formats/ednNumber.ts';
import { historyFromText, type ReadingOptions } from '../../models/histories/formats/historyText.ts';
import { historyAsJsonLines } from '../../models/histories/formats/jsonLines.ts';
import { register } from '../../models/histories/sequential/register.ts';
import { strings } from '../../models/histories/sequential/strings.ts';
import { root } from '../root.ts';
import { historiesOf, written } from './histories.ts';

const cases = join(root, 'properties/histories/cases');
const bounds = { configurations: 200_000, steps: 5_000_000 };

/** The verdict on the history in the text; `nothing` if it tests nothing; or why it is rejected. */
function judged(
  text: string,
  options?: ReadingOptions,
  model: typeof register | typeof strings = register,
): string {
  const history = historyFromText(text, options);
  if (history.kind === 'unreadable') return `${history.line}: ${history.field} ${history.message}`;
  const { isTested, verdict } =
    model === strings ? check(history.events, strings, bounds) : check(history.events, register, bounds);
  return isTested ? verdict : 'nothing';
}

/** The verdicts of Knossos; `nothing` where only the nemesis or a read of nil is seen. */
const verdicts: Readonly<Record<string, string>> = {
  'hard-key-hides-bad-key.jsonl': 'no',
  'int-vs-float.edn': 'no',
  'jepsen-char.edn': 'nothing',
  'jepsen-list.edn': 'yes',
  'jepsen-nan.edn': 'nothing',
  'jepsen-nemesis-object.edn': 'nothing',
  'jepsen-nemesis-values.edn': 'nothing',
  'jepsen-no-time.edn': 'yes',
  'jepsen-no-value.edn': 'nothing',
  'jepsen-op-tagged.edn': 'yes',
  'jepsen-ratio.edn': 'nothing',
  'keyword-process.edn': 'yes',
  'knossos-nil-read.edn': 'yes',
  'knossos-plain-register.edn': 'yes',
  'negative-process.edn': 'yes',
  'set-order.edn': 'yes',
  'string-vs-keyword.edn': 'no',
};

describe('a history that another tool wrote', () => {
  test.each(Object.entries(verdicts))('has the verdict that Knossos gives: %s', (name, verdict) => {
    expect(judged(readFileSync(join(cases, name), 'utf8'))).toBe(verdict);
  });

  test('is judged here for each file of the folder', () => {
    expect(readdirSync(cases).sort()).toEqual(Object.keys(verdicts).sort());
  });

  test('may be the log of a Jepsen test, with other lines between', () => {
    const log = (found: string): string =>
      [
        '0\t:invoke\t:write\t3',
        'INFO  jepsen.core - x',
        '1   :invoke :read  nil',
        '0\t:ok\t:write\t3',
        `1\t:ok\t:read\t${found}`,
      ]
        .map((line) => (line.startsWith('INFO') ? line : `INFO  jepsen.util - ${line}`))
        .concat(
          '2\t:invoke\t:cas\t[3 4]',
          '2\t:info\t:cas\t:timed-out',
          '3\t:invoke\t:read\tnil',
          '3\t:fail\t:read\t:timed-out',
        )
        .join('\n');
    expect(judged(log('3'))).toBe('yes');
    expect(judged(log('4'))).toBe('no');
  });

  test('may be of texts with get, put and append, as Porcupine has them', () => {
    const event = (process: number, type: string, f: string, value: string): string =>
      `{:process ${process}, :type :${type}, :f :${f}, :key "8", :value ${value}}\n`;
    const texts = (found: string): string =>
      [
        event(0, 'invoke', 'get', 'nil') + event(0, 'ok', 'get', '""'),
        event(0, 'invoke', 'put', '"a"') + event(0, 'ok', 'put', '"a"'),
        event(1, 'invoke', 'append', '"b"') + event(2, 'invoke', 'append', '"c"'),
        event(1, 'ok', 'append', '"b"') + event(2, 'ok', 'append', '"c"'),
        event(0, 'invoke', 'get', 'nil') + event(0, 'ok', 'get', found),
      ].join('');
    expect(judged(texts('"acb"'), undefined, strings)).toBe('yes');
    expect(judged(texts('"abc"'), undefined, strings)).toBe('yes');
    expect(judged(texts('"abcb"'), undefined, strings)).toBe('no');
    expect(judged(texts('"ab"'), undefined, strings)).toBe('no');
  });

  test.each([
    [
      'times that step back',
      '{:index 3, :time 9, :process 0, :type :invoke, :f :write, :value 1} {:index 7, :time 5, :process 0, :type :ok, :f :write, :value 1}',
      'yes',
    ],
    [
      'any value of an unknown outcome',
      '{:process 0, :type :invoke, :f :write, :value [1 1]} {:process 0, :type :info, :f :write, :value "java.net.SocketTimeoutException"} {:process 1, :type :invoke, :f :read, :value [1 nil]} {:process 1, :type :ok, :f :read, :value [1 1]}',
      'yes',
    ],
    [
      'lists of two as values, where a read without value shows that there are no keys',
      '{:process 0, :type :invoke, :f :cas, :value [1 2]} {:process 0, :type :fail, :f :cas, :value [1 2]}',
      'nothing',
    ],
  ])('may have %s', (_, text, verdict) => {
    expect(judged(text)).toBe(verdict);
  });

  test('is of one register with values that are lists of two only where it is told so', () => {
    const text =
      '{:process 0, :type :invoke, :f :write, :value [1 2]} {:process 0, :type :ok, :f :write, :value [1 2]} {:process 0, :type :invoke, :f :read, :value nil} {:process 0, :type :ok, :f :read, :value [1 3]}';
    expect(judged(text)).toBe('no');
    expect(historyFromText(text)).toMatchObject({
      events: [{ value: [1, 2] }, {}, { value: [1, null] }, {}],
    });
    const one = { nilReads: 'unknown', isUnkeyed: true } as const;
    expect(historyFromText(text, one)).toMatchObject({
      events: [{ value: [null, [1, 2]] }, {}, { value: [null, null] }, {}],
    });
    expect(judged(text, one)).toBe('no');
  });
});

describe('two values in EDN', () => {
  const verdict = (one: string, other: string): string =>
    judged(`{:process 0 :type :invoke :f :write :value [0 ${one}]} {:process 0 :type :ok :f :write :value [0 ${one}]}
      {:process 0 :type :invoke :f :read :value [0 nil]} {:process 0 :type :ok :f :read :value [0 ${other}]}`);

  test.each([
    ['1', '1N'],
    ['(1 :a)', '[1 :a]'],
    ['{:a 1, "b" 2}', '{"b" 2 :a 1}'],
    ['#{[1] #{2 3}}', '#{#{3 2} [1]}'],
    ['1/2', '2/4'],
    ['4/2', '2'],
    ['1.5M', '1.50M'],
    ['0.0', '-0.0'],
    ['1e2', '100.0'],
    ['##Inf', '##Inf'],
    ['12345678901234567890', '12345678901234567890N'],
    ['#inst "2020"', '#inst "2020"'],
    ['^{:a 1} [1]', '[1]'],
    ['\\newline', '\\newline'],
  ])('are equal as in Clojure: %s and %s', (one, other) => {
    expect(verdict(one, other)).toBe('yes');
  });

  test.each([
    ['1', '1.0'],
    ['1', '1M'],
    ['1.0', '1.0M'],
    [':a', '"a"'],
    ['a', '"a"'],
    [':a', 'a'],
    ['\\a', '"a"'],
    ['1/2', '0.5'],
    ['[1 2]', '#{1 2}'],
    ['{:a 1}', '{"a" 1}'],
    ['{"#keyword" "a"}', ':a'],
    ['#inst "2020"', '"2020"'],
    ['12345678901234567890', '12345678901234567891'],
    ['##Inf', '##-Inf'],
  ])('differ as in Clojure: %s and %s', (one, other) => {
    expect(verdict(one, other)).toBe('no');
  });

  test('are equal as whole numbers exactly if they are equal as BigInts', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
        expect(JSON.stringify(numberIn(String(one))) === JSON.stringify(numberIn(`${other}N`))).toBe(
          one === other,
        );
      }),
    );
    expect(numberIn('1')).toEqual(numberIn('+1N'));
  });
});

describe('a history of this project as EDN', () => {
  test('has the verdict of the same history as JSON, also where reads find no key', () => {
    const tally = { yes: 0, no: 0 };
    fc.assert(
      fc.property(historiesOf(3, 1, 14), (events) => {
        if (events.length === 0) return;
        const verdict = judged(historyAsJsonLines(events));
        expect(judged(historyAsEdn(events))).toBe(verdict);
        if (verdict === 'yes' || verdict === 'no') tally[verdict]++;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(tally.yes, tally.no)).toBeGreaterThan(50);
    const lost = written('0 invoke write 1', '0 ok write 1', '0 invoke read', '0 ok read null');
    expect(judged(historyAsEdn(lost))).toBe('no');
  });
});
