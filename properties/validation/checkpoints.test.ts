import { describe, expect, test } from 'vitest';
import { configure, createReplica, type Input, ledgerService, type Output, step } from '../../impl/index.ts';
import { carrying } from './malformed.ts';

const configuration = configure(3, 'durable', ledgerService);
const digest = '0123456789abcdef';
const question = { path: '0f', digests: [digest, ...Array.from({ length: 15 }, () => null)] };
const getCheckpoint = {
  ...{ type: 'GETCHECKPOINT', viewNumber: 0, opNumber: 3, part: 'state' },
  ...{ questions: [question], replicaNumber: 2 },
};
const line = { session: 0, requestNumber: 1, results: [null], opNumber: 1 };
const entry: readonly unknown[] = ['a', line];
const answer = { differences: [[[0, [entry]]], [[15, null]]], isCut: false };
const exchanged = { part: 'table', paths: ['', '0f'], answer };
const checkpoint = {
  ...{ type: 'CHECKPOINT', viewNumber: 0, opNumber: 3, time: 0 },
  ...{ digests: { table: digest, state: digest }, exchanged },
};

const start: Input & { readonly type: 'message' } = {
  type: 'message',
  message: { type: 'COMMIT', viewNumber: 0, commitNumber: 0 },
};

/** What a replica that has never heard anything says to it. */
function give(message: unknown): readonly Output[] {
  return step(createReplica(configuration, 1), carrying(start, message));
}

function expectRefusal(message: unknown, says: string): void {
  expect(give(message)).toEqual([{ type: 'refused', reason: expect.stringContaining(says) }]);
}

/** It is no business of this replica, and nothing is wrong with it. */
function expectNone(message: unknown): void {
  expect(give(message)).toMatchObject([{ type: 'dropped' }]);
}

const notPaths = ['g', '0F', '-', ' ', '01234567', 1, null, undefined, ['0']];
const notDigests = ['', '0', `${digest}0`, digest.slice(1), digest.toUpperCase(), 1, undefined, [digest]];
const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

describe('a question about a checkpoint', () => {
  const asking = (questions: unknown) => ({ ...getCheckpoint, questions });

  test.each(['', '0', '0123456', 'fffffff'])('may be about the path %j', (path) => {
    expectNone(asking([{ ...question, path }]));
  });

  test.each(notPaths)('may not be about the path %j', (path) => {
    expectRefusal(asking([{ ...question, path }]), 'a path must have at most 7 digits from 0 to f');
  });

  test('may tell of 16 digests, or of nothing there, and of no more and no less', () => {
    const none = Array.from({ length: 17 }, () => null);
    expectNone(asking([{ ...question, digests: none.slice(1) }]));
    for (const digests of [none, none.slice(2), [], 'a'.repeat(16), { length: 16 }, null, undefined])
      expectRefusal(asking([{ ...question, digests }]), 'digests must be 16');
  });

  test.each(notDigests)('may not tell of a digest %j', (wrong) => {
    const digests = [...question.digests.slice(1), wrong];
    expectRefusal(asking([{ ...question, digests }]), 'a digest must have 16 digits');
  });

  test.each([1, 'a', null, undefined, true])('is not %j', (wrong) => {
    expectRefusal(asking([wrong]), 'a question must be an object');
  });

  test('may come with 4095 others, of which each is looked at', () => {
    const many = Array.from({ length: 4096 }, () => question);
    expectNone(asking(many));
    expectRefusal(asking([...many, question]), 'questions must be a list of 1 to 4096');
    expectRefusal(asking(many.with(4095, { ...question, path: 'x' })), 'a path must');
  });
});

describe('an answer about a checkpoint', () => {
  const answering = (fields: object) => ({ ...checkpoint, exchanged: { ...exchanged, ...fields } });
  const differing = (fields: object) => answering({ answer: { ...answer, ...fields } });
  const bringing = (difference: unknown, part = 'table') =>
    answering({ part, paths: [''], answer: { differences: [difference], isCut: false } });

  test('is not refused as it is', () => {
    expectNone(checkpoint);
  });

  test.each(['table', 'state'] as const)('tells of the whole %s by a digest', (part) => {
    for (const wrong of [...notDigests, null])
      expectRefusal(
        { ...checkpoint, digests: { ...checkpoint.digests, [part]: wrong } },
        'a digest must have 16 digits',
      );
  });

  test('is about one part', () => {
    expectNone(answering({ part: 'table' }));
    for (const part of ['log', '', 1, null, undefined])
      expectRefusal(answering({ part }), 'part must be table or state');
  });

  test('is about paths, of which each is looked at', () => {
    for (const paths of [[], 'ab', {}, null, undefined, Array.from({ length: 4097 }, () => '')])
      expectRefusal(answering({ paths }), 'paths must be a list of 1 to 4096');
    for (const path of notPaths) expectRefusal(answering({ paths: ['', path] }), 'a path must');
  });

  test.each([1, 'a', null, undefined])('has an answer, and not %j', (wrong) => {
    expectRefusal(answering({ answer: wrong }), 'answer must be an object');
  });

  test('tells of differences in the order of the paths, of one at least and of no more than there are paths', () => {
    for (const differences of [[], 'ab', {}, null, undefined])
      expectRefusal(differing({ differences }), 'differences must be a list');
    expectRefusal(differing({ differences: [[], [], []] }), 'differences must not be more than paths');
    expectRefusal(differing({ differences: [[], 1] }), 'a difference must be a list');
  });

  test('tells of fewer than there are paths only where it was cut', () => {
    expectNone(differing({ differences: [[]], isCut: true }));
    expectNone(differing({ isCut: true }));
    for (const isCut of [false, 1, undefined])
      expectRefusal(differing({ differences: [[]], isCut }), 'unless isCut');
    for (const isCut of [1, 'true', null, undefined])
      expectRefusal(differing({ isCut }), 'isCut must be true or false');
  });

  test('tells of differences by way, of which there are 16', () => {
    for (const way of [0, 15]) expectNone(bringing([[way, null]]));
    for (const way of [-1, 16, 0.5, Number.NaN, '0', null])
      expectRefusal(bringing([[way, null]]), 'a way must be a whole number from 0 to 15');
    for (const pair of [1, 'ab', {}, [0], [0, null, null], [], null])
      expectRefusal(bringing([pair]), 'a difference must be of pairs');
  });

  test('brings entries, or says that they are to be asked about', () => {
    for (const entries of [null, [], [entry], [entry, entry]]) expectNone(bringing([[0, entries]]));
    for (const entries of [1, 'a', {}, undefined])
      expectRefusal(bringing([[0, entries]]), 'entries must be a list or null');
    for (const wrong of [1, 'ab', [], ['a'], ['a', 1, 2], [1, 1], [null, 1], {}, null])
      expectRefusal(bringing([[0, [entry, wrong]]]), 'an entry must be a name and a value');
  });

  test('brings values that are JSON, nested at most 128 deep', () => {
    expectNone(bringing([[0, [['a', nested(128)]]]], 'state'));
    for (const value of [undefined, Number.NaN, 1n, new Map(), () => 1, nested(129)])
      expectRefusal(
        bringing([[0, [['a', value]]]], 'state'),
        'a value must be JSON, nested at most 128 deep',
      );
  });

  test('brings whatever an operation that may be 64 deep can set, as a value and as a result', () => {
    expectNone(bringing([[0, [['a', nested(63)]]]], 'state'));
    expectNone(bringing([[0, [['a', { ...line, results: [nested(63)] }]]]]));
  });

  test('brings lines of a client-table where it is about that', () => {
    const said = 'a line must have a session, a requestNumber, results and an opNumber';
    for (const other of [null, 1, 'a', [], {}, { requestNumber: 1 }])
      expectRefusal(bringing([[0, [['a', other]]]]), said);
    for (const field of ['session', 'requestNumber', 'opNumber'])
      for (const number of [-1, 0.5, '1', null, 2 ** 53])
        expectRefusal(bringing([[0, [['a', { ...line, [field]: number }]]]]), said);
    for (const results of [null, 1, {}, [1, 2]])
      expectRefusal(bringing([[0, [['a', { ...line, results }]]]]), said);
    expectNone(bringing([[0, [['a', { ...line, requestNumber: 0, results: [] }]]]]));
    for (const value of [null, 1, {}]) expectNone(bringing([[0, [['a', value]]]], 'state'));
  });
});
