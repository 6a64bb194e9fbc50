import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatResult, parseCommand } from '../../../impl/cli/keyValueCommands.ts';
import { QuoteError, splitWords } from '../../../impl/cli/quotedWords.ts';
import { UsageError } from '../../../impl/terminal/arguments.ts';

describe('splitting a line into words', () => {
  test.each([
    ['GET  abc ', ['GET', 'abc']],
    ['SET a "b c"', ['SET', 'a', 'b c']],
    [`SET a 'b "c" \\n'`, ['SET', 'a', 'b "c" \\n']],
    ['SET a "\\x00\\xff\\u2028\\n\\"\\\\"', ['SET', 'a', '\0\u00ff\u2028\n"\\']],
    ['SET a ""', ['SET', 'a', '']],
    ["it's", ["it's"]],
    ['', []],
  ])('splits %s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  test('yields any words that were quoted', () => {
    const anything = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anything, (words) => {
        const quoted = words.map((word) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`);
        expect(splitWords(quoted.join(' '))).toEqual(words);
      }),
    );
  });

  test.each(['"abc', "GET 'abc", '"abc\\"'])('rejects %s: its quotation does not end', (line) => {
    expect(() => splitWords(line)).toThrow(QuoteError);
  });
});

describe('a command of the key-value store', () => {
  test.each([
    [['get', 'a'], { type: 'get', key: 'a' }],
    [['SET', 'a', 'b c'], { type: 'set', key: 'a', value: 'b c' }],
    [['DEL', 'a'], { type: 'delete', key: 'a' }],
    [['CAS', 'a', 'b', 'c'], { type: 'compare-and-set', key: 'a', expected: 'b', value: 'c' }],
    [['size'], { type: 'size' }],
  ])('%s is parsed', (words, operation) => {
    expect(parseCommand(words).operation).toEqual(operation);
  });

  test.each([
    [['GET']],
    [['SET', 'a']],
    [['SET', 'a', 'b', 'c']],
    [['CAS', 'a', 'b']],
    [['SIZE', '1']],
    [['KEYS', 'a', 'b', 'c']],
    [['MULTI']],
    [['MULTI', 'SET', 'a', '1', ';']],
    [['toString']],
    [[]],
  ])('%s is rejected with advice', (words) => {
    expect(() => parseCommand(words)).toThrow(UsageError);
  });

  test('has its result formatted as one line', () => {
    expect([formatResult('123'), formatResult(null), formatResult(true), formatResult(2)]).toEqual([
      '{"result": "123"}',
      '{"result": null}',
      '{"result": true}',
      '{"result": 2}',
    ]);
  });

  test('tells success from failure', () => {
    const goods = [parseCommand(['GET', 'a']).succeeds(null), parseCommand(['GET', 'a']).succeeds('')];
    expect(goods).toEqual([false, true]);
    expect(parseCommand(['CAS', 'a', 'b', 'c']).succeeds(false)).toBe(false);
  });
});
