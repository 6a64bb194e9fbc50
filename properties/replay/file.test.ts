import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readJson } from '../../models/json/readJson.ts';
import {
  BadCounterexample,
  parseCounterexample,
  readCounterexample,
  textOf,
  writeCounterexample,
} from '../../models/trace/file/counterexampleFile.ts';
import { counterexampleOf, oneOfEach, shortQuorum } from './exampleTrace.ts';

const good = counterexampleOf(oneOfEach);
const text = textOf(good);

const everything = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(everything, { recursive: true }));
const folder = (): string => mkdtempSync(join(everything, 'folder-'));

/** The path of a file with this text. */
function file(content: string | Uint8Array): string {
  const path = join(folder(), 'trace.json');
  writeFileSync(path, content);
  return path;
}

/** The path of a file with the good text, in which one part, which must occur, is replaced. */
function spoilt(part: string, replacement: string): string {
  expect(text).toContain(part);
  return file(text.replace(part, () => replacement));
}

describe('a counterexample', () => {
  it('is read from its file unchanged', () => {
    const path = writeCounterexample(join(folder(), 'new', 'directory'), good);
    expect(readCounterexample(path)).toEqual(good);
  });

  it('is read unchanged with any texts and numbers', () => {
    const number = fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }));
    const words = fc.string({ unit: 'grapheme' }).filter((word) => /^\P{C}*$/u.test(word));
    fc.assert(
      fc.property(number, fc.option(words), words, fc.boolean(), (seed, faultProfile, seen, minimal) => {
        const violation = { ...good.violation, seen };
        const counterexample = { ...good, seed, faultProfile, violation, minimal };
        expect(parseCounterexample(textOf(counterexample), 'f')).toEqual(counterexample);
      }),
    );
  });

  it('has one event a line', () => {
    const lines = text.split('\n');
    for (const event of oneOfEach)
      expect(lines.filter((line) => line.includes(JSON.stringify(event)))).toHaveLength(1);
  });

  it('has a file name with its property and its origin, and leaves no other file', () => {
    const directory = folder();
    writeCounterexample(directory, { ...good, seed: -1 });
    writeCounterexample(directory, { ...good, seed: -1 });
    writeCounterexample(directory, { ...shortQuorum, seed: 42 });
    writeCounterexample(directory, good);
    expect(readdirSync(directory)).toEqual([
      'commit-quorum-short-never-lost-0000002a.json',
      expect.stringMatching(/^impl-never-lost-[\da-f]{8}\.json$/),
      'impl-never-lost-ffffffff.json',
    ]);
  });
});

describe('a file is rejected with line and field if', () => {
  it.each([
    ['it is not JSON', file('hello'), '1: this is not JSON: a value should be where "hello" is.'],
    ['it is empty', file(''), '1: this is not JSON: it ends where a value should be.'],
    [
      'it is cut off',
      file(text.slice(0, text.indexOf('"crash"'))),
      '20: this is not JSON: it ends where a value',
    ],
    [
      'a comma is missing',
      spoilt('null,\n  "faultProfile"', 'null\n  "faultProfile"'),
      "7: this is not JSON: ',' or '}'",
    ],
    ['a comma is left over', spoilt('"steps"', ',"steps"'), '10: this is not JSON: a key in double quotes'],
    ['a number is malformed', spoilt('"seed": null', '"seed": 0x10'), '6: this is not JSON: a value'],
    ['something follows', file(`${text}{}`), '26: this is not JSON: the end of the file'],
    ['a key is given twice', spoilt('"seed"', '"steps":1, "seed"'), '10: this is not JSON: the key "steps"'],
    ['it is a list', file('[]'), '1: the whole must be an object, and is [].'],
    ['it is a number', file('7'), '1: the whole must be an object, and is 7.'],
    ['it is another format', file('{"version":1}'), '1: format is missing.'],
    [
      'it is of another version',
      spoilt('"version": 1', '"version": 2'),
      '3: version must be 1, the only version',
    ],
    ['a field is missing', spoilt('  "minimal": false,\n', ''), '1: minimal is missing.'],
    ['a field is unknown', spoilt('"seed"', '"sead": 1,\n"seed"'), '6: sead is no field of this format.'],
    [
      'a field is called by a nasty name',
      spoilt('"seed"', '"__proto__": 1, "seed"'),
      '6: __proto__ is no field',
    ],
    ['an inner field is unknown', spoilt('"clients":2', '"clients":2,"x y":1'), '5: setup."x y" is no field'],
    ['a number is a text', spoilt('"steps": 5', '"steps": "6"'), '10: steps must be a whole number'],
    [
      'a number is huge',
      spoilt('"steps": 5', '"steps": 1e400'),
      '10: steps must be a whole number from 0 to 100000, and is Infinity.',
    ],
    ['a number has a fraction', spoilt('"clients":2', '"clients":1.5'), '5: setup.clients must be a whole'],
    ['the seed has too many bits', spoilt('"seed": null', '"seed": 4294967296'), '6: seed must be a whole'],
    [
      'the group is too large',
      spoilt('"replicas":3', '"replicas":32'),
      '5: setup.replicas must be a whole number from 1',
    ],
    ['the mode is unknown', spoilt('"diskless"', '"diskful"'), '5: setup.mode must be durable or diskless'],
    [
      'a service is unknown',
      spoilt('"mode":"diskless"', '"mode":"diskless","service":"sums"'),
      '5: setup.service must be failing or bulky, a file with operations, or left out, and is "sums".',
    ],
    [
      'a service has no operations',
      spoilt('"mode":"diskless"', '"mode":"diskless","service":{"file":"sums.ts","operations":[]}'),
      '5: setup.service.operations must be a list of at least one operation, and is [].',
    ],
    [
      'the property is unknown',
      spoilt('"never-lost"', '"never-late"'),
      '8: violation.property must be the name of a property',
    ],
    [
      'the violation comes too late',
      spoilt('"event":12', '"event":13'),
      '8: violation.event must be the number',
    ],
    [
      'the violation comes too early',
      spoilt('"event":12', '"event":0'),
      '8: violation.event must be the number',
    ],
    [
      'it settles too early',
      spoilt('"event":12,"phase":"events"', '"event":11,"phase":"settling"'),
      '8: violation.event must be the number of an event from 12 to 12',
    ],
    ['the steps are miscounted', spoilt('"steps": 5', '"steps": 7'), '10: steps must be 5, as many as'],
    [
      'the events are no list',
      file('{"format":"viewstamped-counterexample","version":1,"events":{}}'),
      '1: mutant is missing.',
    ],
    [
      'an event is unknown',
      spoilt('"type":"heal"', '"type":"hail"'),
      '23: events[11].type must be one of request, ',
    ],
    ['an event has no type', spoilt('"type":"heal"', ''), '23: events[11].type must be one of'],
    [
      'an event is no object',
      spoilt('{"type":"heal"}', 'null'),
      '23: events[11] must be an object, and is null.',
    ],
    [
      'an event has too much',
      spoilt('"type":"heal"', '"type":"heal","replica":1'),
      '23: events[11].replica is no',
    ],
    ['a timer is unknown', spoilt('"heartbeat"', '"alarm"'), '18: events[6].timer must be heartbeat, resend'],
    ['a rank is negative', spoilt('"rank":2', '"rank":-1'), '15: events[3].rank must be a whole number'],
    [
      'a replica is a stranger',
      spoilt('"replica":2', '"replica":3'),
      '18: events[6].replica must be a replica from 0 to 2',
    ],
    [
      'a client is a stranger',
      spoilt('"client":1', '"client":2'),
      '12: events[0].client must be below the number of clients',
    ],
    [
      'a partition does not say what it loses',
      spoilt(',"loses":true', ''),
      '22: events[10].loses is missing.',
    ],
    [
      'what it loses is no truth value',
      spoilt('"loses":true', '"loses":1'),
      '22: events[10].loses must be true',
    ],
    [
      'an event is of a kind that is gone',
      spoilt('"type":"heal"', '"type":"lose"'),
      '23: events[11].type must be',
    ],
    [
      'nothing is cut',
      spoilt('[[0,2],[1,2]]', '[]'),
      '22: events[10].cut must be a list of at least one link',
    ],
    [
      'a link has one end',
      spoilt('[0,2]', '[0]'),
      '22: events[10].cut[0] must be a link: the numbers of its two replicas',
    ],
    [
      'a link has a stranger',
      spoilt('[1,2]', '[1,3]'),
      '22: events[10].cut[1] must be a link between two different replicas from 0 to 2',
    ],
    [
      'a link leads to its own sender',
      spoilt('[0,2]', '[0,0]'),
      '22: events[10].cut[0] must be a link between two different replicas',
    ],
    [
      'a text would command the terminal',
      spoilt('PREPARE v0', '\\u001b[2J v0'),
      '15: events[3].message must be a text',
    ],
    [
      'its mutant is unknown',
      file(textOf(shortQuorum)),
      '4: mutant must be the name of a mutant, and there is none called "commit-quorum',
    ],
    ['it is nested deeply enough to exhaust a stack', file('['.repeat(1_000_000)), '1: this is not JSON'],
    ['there is none', join(folder(), 'none.json'), ' there is no such file.'],
    ['it is a directory', folder(), ' this is a directory.'],
    ['it is not text', file(Uint8Array.of(0xff, 0xfe, 0x00)), ' this file is not text in UTF-8.'],
    ['it is too large', file(new Uint8Array(2 ** 24 + 1)), ` it is larger than ${2 ** 24} bytes.`],
  ])('%s', (_, path, error) => {
    const read = (): unknown => readCounterexample(path, (name) => name === 'other');
    expect(read).toThrow(BadCounterexample);
    expect(read).toThrow(`${path}:${error}`);
  });
});

describe('JSON text', () => {
  it('is read or rejected as JSON.parse does', () => {
    const json = fc.json().chain((value) => fc.tuple(fc.constant(value), fc.nat(value.length), fc.string()));
    fc.assert(
      fc.property(json, ([value, at, noise]) => {
        const spoiled = value.slice(0, at) + noise + value.slice(at);
        for (const candidate of [value, spoiled]) expect(isRead(candidate)).toBe(isParsed(candidate));
      }),
    );
  });
});

function isRead(text: string): boolean {
  try {
    expect(readJson(text)).toEqual(JSON.parse(text));
    return true;
  } catch {
    return false;
  }
}

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
