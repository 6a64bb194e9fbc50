import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  Log,
  ledgerService,
  noEnd,
  type Output,
  type RejectReason,
  step,
} from '../../impl/index.ts';
import { commitOf } from '../commit.ts';
import { carrying } from './malformed.ts';

const configuration = configure(3, 'durable', ledgerService);
const digest = '0123456789abcdef';
const question = { path: '0f', digests: [digest, ...Array.from({ length: 15 }, () => null)] };
const getCheckpoint = {
  ...{ type: 'GETCHECKPOINT', viewNumber: 0, opNumber: 3, part: 'state' },
  ...{ questions: [question], from: 0, replicaNumber: 2 },
};
const line = { session: 0, requestNumber: 1, results: [null], opNumber: 1 };
const entry: readonly unknown[] = ['a', line];
const answer = { differences: [[[0, [entry]]], [[15, null]]], isCut: false };
const exchanged = { part: 'table', paths: ['', '0f'], answer };
const checkpoint = {
  ...{ type: 'CHECKPOINT', viewNumber: 0, opNumber: 3, ...noEnd },
  ...{ digests: { table: digest, state: digest }, exchanged, replicaNumber: 0 },
};

const start: Input & { readonly type: 'message' } = {
  type: 'message',
  message: commitOf(Log.empty, 0),
};

/** The output of a replica that has received no message before. */
function give(message: unknown): readonly Output[] {
  return step(createReplica(configuration, 1), carrying(start, message));
}

function expectRejected(message: unknown, reason: RejectReason): void {
  expect(give(message)).toEqual([{ type: 'rejected', reason }]);
}

/** The message is well formed, and the replica drops it. */
function expectNone(message: unknown): void {
  expect(give(message)).toMatchObject([{ type: 'dropped' }]);
}

const pathInvalid = { code: 'path-invalid', max: 7 } as const;
const notPaths = ['g', '0F', '-', ' ', '01234567', 1, null, undefined, ['0']];
const notDigests = ['', '0', `${digest}0`, digest.slice(1), digest.toUpperCase(), 1, undefined, [digest]];
const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

describe('a question about a checkpoint', () => {
  test.each([-1, 0.5, '0', null, undefined])('is rejected from character %j on', (from) => {
    expectRejected({ ...getCheckpoint, from }, { code: 'not-a-whole-number', field: 'from' });
  });

  const asking = (questions: unknown) => ({ ...getCheckpoint, questions });

  test.each(['', '0', '0123456', 'fffffff'])('is accepted with the path %j', (path) => {
    expectNone(asking([{ ...question, path }]));
  });

  test.each(notPaths)('is rejected with the path %j', (path) => {
    expectRejected(asking([{ ...question, path }]), pathInvalid);
  });

  test('carries 16 digests or none', () => {
    const none = Array.from({ length: 17 }, () => null);
    expectNone(asking([{ ...question, digests: none.slice(1) }]));
    for (const digests of [none, none.slice(2), [], 'a'.repeat(16), { length: 16 }, null, undefined])
      expectRejected(asking([{ ...question, digests }]), { code: 'digest-count-wrong', count: 16 });
  });

  test.each(notDigests)('is rejected with a digest %j', (wrong) => {
    const digests = [...question.digests.slice(1), wrong];
    expectRejected(asking([{ ...question, digests }]), 'digest-invalid');
  });

  test.each([1, 'a', null, undefined, true])('is rejected as %j', (wrong) => {
    expectRejected(asking([wrong]), { code: 'not-an-object', field: 'a question' });
  });

  test('may come with 4095 others, each of which is validated', () => {
    const many = Array.from({ length: 4096 }, () => question);
    expectNone(asking(many));
    expectRejected(asking([...many, question]), { code: 'not-a-list', field: 'questions', max: 4096 });
    expectRejected(asking(many.with(4095, { ...question, path: 'x' })), pathInvalid);
  });
});

describe('an answer about a checkpoint', () => {
  const answering = (fields: object) => ({ ...checkpoint, exchanged: { ...exchanged, ...fields } });
  const differing = (fields: object) => answering({ answer: { ...answer, ...fields } });
  const bringing = (difference: unknown, part = 'table') =>
    answering({ part, paths: [''], answer: { differences: [difference], isCut: false } });

  test('is accepted unchanged', () => {
    expectNone(checkpoint);
  });

  test.each(['table', 'state'] as const)('states the digest of the whole %s', (part) => {
    for (const wrong of [...notDigests, null])
      expectRejected({ ...checkpoint, digests: { ...checkpoint.digests, [part]: wrong } }, 'digest-invalid');
  });

  test('is about one part', () => {
    expectNone(answering({ part: 'table' }));
    for (const part of ['log', '', 1, null, undefined]) expectRejected(answering({ part }), 'part-unknown');
  });

  test('is rejected if any of its paths is malformed', () => {
    for (const paths of [[], 'ab', {}, null, undefined, Array.from({ length: 4097 }, () => '')])
      expectRejected(answering({ paths }), { code: 'not-a-list', field: 'paths', max: 4096 });
    for (const path of notPaths) expectRejected(answering({ paths: ['', path] }), pathInvalid);
  });

  test.each([1, 'a', null, undefined])('is rejected with the answer %j', (wrong) => {
    expectRejected(answering({ answer: wrong }), { code: 'not-an-object', field: 'answer' });
  });

  test('lists differences in the order of its paths, at least one and at most one a path', () => {
    for (const differences of [[], 'ab', {}, null, undefined])
      expectRejected(differing({ differences }), { code: 'not-a-list', field: 'differences', max: 4096 });
    expectRejected(differing({ differences: [[], [], []] }), 'more-differences-than-paths');
    expectRejected(differing({ differences: [[], 1] }), 'difference-not-a-list');
  });

  test('lists fewer differences than paths only where it was cut', () => {
    expectNone(differing({ differences: [[]], isCut: true }));
    expectNone(differing({ isCut: true }));
    for (const isCut of [false, 1, undefined])
      expectRejected(differing({ differences: [[]], isCut }), 'fewer-differences-than-paths');
    for (const isCut of [1, 'true', null, undefined])
      expectRejected(differing({ isCut }), 'is-cut-not-boolean');
  });

  test('brings a piece of a text that has as many characters', () => {
    const piece = { path: '0f', way: 15, from: 1, length: 4, text: 'abc' };
    const cut = (changes: object) =>
      differing({ differences: [[]], isCut: true, piece: { ...piece, ...changes } });
    expectNone(cut({}));
    expectRejected(differing({ piece: null }), { code: 'not-an-object', field: 'piece' });
    expectRejected(differing({ piece: 1 }), { code: 'not-an-object', field: 'piece' });
    expectRejected(cut({ path: 'g' }), { code: 'path-invalid', max: 7 });
    expectRejected(cut({ way: 16 }), { code: 'way-out-of-range', max: 15 });
    expectRejected(cut({ from: -1 }), { code: 'not-a-whole-number', field: 'from' });
    expectRejected(cut({ length: 0.5 }), { code: 'not-a-whole-number', field: 'length' });
    for (const changes of [{ length: 3 }, { text: '' }, { text: 1 }, { from: 2 }])
      expectRejected(cut(changes), 'piece-not-of-text');
  });

  test('lists differences for 16 branches', () => {
    for (const way of [0, 15]) expectNone(bringing([[way, null]]));
    for (const way of [-1, 16, 0.5, Number.NaN, '0', null])
      expectRejected(bringing([[way, null]]), { code: 'way-out-of-range', max: 15 });
    for (const pair of [1, 'ab', {}, [0], [0, null, null], [], null])
      expectRejected(bringing([pair]), 'difference-not-of-pairs');
  });

  test('carries entries, or says that they must be asked for', () => {
    for (const entries of [null, [], [entry], [entry, entry]]) expectNone(bringing([[0, entries]]));
    for (const entries of [1, 'a', {}, undefined])
      expectRejected(bringing([[0, entries]]), 'entries-not-a-list');
    for (const wrong of [1, 'ab', [], ['a'], ['a', 1, 2], [1, 1], [null, 1], {}, null])
      expectRejected(bringing([[0, [entry, wrong]]]), 'entry-not-a-pair');
  });

  test('carries JSON values nested at most 128 deep', () => {
    expectNone(bringing([[0, [['a', nested(128)]]]], 'state'));
    for (const value of [undefined, Number.NaN, 1n, new Map(), () => 1, nested(129)])
      expectRejected(bringing([[0, [['a', value]]]], 'state'), {
        code: 'not-json',
        field: 'a value',
        maxDepth: 128,
      });
  });

  test('carries every value and result that an operation nested 64 deep can set', () => {
    expectNone(bringing([[0, [['a', nested(63)]]]], 'state'));
    expectNone(bringing([[0, [['a', { ...line, results: [nested(63)] }]]]]));
  });

  test('carries lines of a client-table if it is about the table', () => {
    const said = 'client-record-invalid';
    for (const other of [null, 1, 'a', [], {}, { requestNumber: 1 }])
      expectRejected(bringing([[0, [['a', other]]]]), said);
    for (const field of ['session', 'requestNumber', 'opNumber'])
      for (const number of [-1, 0.5, '1', null, 2 ** 53])
        expectRejected(bringing([[0, [['a', { ...line, [field]: number }]]]]), said);
    for (const results of [null, 1, {}, [1, 2]])
      expectRejected(bringing([[0, [['a', { ...line, results }]]]]), said);
    expectNone(bringing([[0, [['a', { ...line, requestNumber: 0, results: [] }]]]]));
    for (const value of [null, 1, {}]) expectNone(bringing([[0, [['a', value]]]], 'state'));
  });
});
