import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  keyValueService,
  type Log,
  Log as Logs,
  type Message,
  noEnd,
  type Output,
  type RejectReason,
  step,
  validateRequest,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { unpredicted } from '../unpredicted.ts';
import { carrying } from './malformed.ts';

const configuration = configure(3, 'durable', keyValueService, asInVrr);
const operation = { type: 'set', key: 'a', value: 1 };
const request = { type: 'REQUEST', operation, clientId: 'ann/0', session: 0, requestNumber: 1 } as const;
const log: Log = Logs.empty.append({ ...request, predicted: unpredicted });
const state = { suffix: log.suffix(0), opNumber: 1, commitNumber: 1 };
const end = Logs.empty.suffix(0);

const membership = { founders: ['a', 'b', 'c'], generations: [] };

const digest = '0123456789abcdef';
const questions = [{ path: '', digests: Array.from({ length: 16 }, () => null) }];
const answer = { differences: [[[15, [['a', 1]]]]], isCut: false } as const;
const exchanged = { part: 'state', paths: [''], answer } as const;
const digests = { table: digest, state: digest };

/** Messages that replica 1 of three may receive, of each type. */
const messages: readonly Message[] = [
  request,
  { type: 'PREPARE', viewNumber: 0, ...state },
  {
    type: 'PREPAREOK',
    viewNumber: 1,
    opNumber: 0,
    suffix: end,
    replicaNumber: 2,
    clock: 0,
    checkpoint: null,
  },
  { type: 'COMMITOK', viewNumber: 1, replicaNumber: 2, clock: 0, checkpoint: null },
  { type: 'COMMIT', viewNumber: 0, commitNumber: 0, suffix: end, agreed: null },
  { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 0, callers: 0 },
  { type: 'DOVIEWCHANGE', viewNumber: 1, lastNormalView: 0, replicaNumber: 0, ...state, generations: [1] },
  { type: 'STARTVIEW', viewNumber: 2, ...state },
  { type: 'GETSTATE', viewNumber: 0, opNumber: 0, replicaNumber: 2 },
  { type: 'NEWSTATE', viewNumber: 0, ...state, replicaNumber: 0 },
  { type: 'GETCHECKPOINT', viewNumber: 0, opNumber: 1, part: 'table', questions, from: 0, replicaNumber: 2 },
  { type: 'CHECKPOINT', viewNumber: 0, opNumber: 1, ...noEnd, digests, exchanged: null, replicaNumber: 0 },
  { type: 'CHECKPOINT', viewNumber: 1, opNumber: 1, ...noEnd, digests, exchanged, replicaNumber: 0 },
  { type: 'RECOVERY', viewNumber: 0, nonce: '1.0', generation: 0, name: null, replicaNumber: 2 },
  { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '1.0', state, replicaNumber: 0, membership },
  { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '1.0', state: null, replicaNumber: 2, membership },
  { type: 'RECOVERING', viewNumber: 0, nonce: '1.0', incarnation: 'disk/1', name: 'disk', replicaNumber: 2 },
  { type: 'FOUNDED', viewNumber: 0, founders: ['a', 'b', 'c'], replicaNumber: 2 },
];

const start: Input & { readonly type: 'message' } = { type: 'message', message: request };

/** The output of replica 1, which has received no message before. */
function give(message: unknown): readonly Output[] {
  return step(createReplica(configuration, 1), carrying(start, message));
}

const notWhole = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined];
const notMember = [-1, 3, 0.5, Number.NaN, '0', null, undefined];
const notText = ['', 1, null, undefined, ['a']];

const notAnObject = 'not-an-object';
const wrongLength = 'wrong-length';

/** By field, the values that it must not have, and the reason for rejecting them. */
const bad: readonly {
  readonly field: string;
  readonly values: readonly unknown[];
  readonly reason: RejectReason;
}[] = [
  ...['viewNumber', 'commitNumber', 'lastNormalView', 'time', 'requestNumber'].map((field) => {
    return { field, values: notWhole, reason: { code: 'not-a-whole-number', field } as const };
  }),
  { field: 'opNumber', values: notWhole, reason: { code: 'not-a-whole-number', field: 'opNumber' } },
  { field: 'requestNumber', values: [0], reason: { code: 'too-low', field: 'requestNumber', min: 1 } },
  { field: 'replicaNumber', values: notMember, reason: 'sender-not-in-group' },
  { field: 'replicaNumber', values: [1], reason: 'sender-is-the-receiver' },
  { field: 'clientId', values: notText, reason: { code: wrongLength, field: 'clientId', max: 256 } },
  { field: 'nonce', values: notText, reason: { code: wrongLength, field: 'nonce', max: 64 } },
  { field: 'suffix', values: [[request], {}, null, undefined, log], reason: 'suffix-not-of-a-log' },
  {
    field: 'state',
    values: ['a', 1, undefined, false],
    reason: { code: 'not-an-object-or-null', field: 'state' },
  },
  { field: 'part', values: ['log', '', 1, null, undefined, ['state']], reason: 'part-unknown' },
  {
    field: 'questions',
    values: [[], 'a', 1, {}, null, undefined],
    reason: { code: 'not-a-list', field: 'questions', max: 4096 },
  },
  { field: 'digests', values: ['a', 1, null, undefined], reason: { code: notAnObject, field: 'digests' } },
  { field: 'digests', values: [{}, [], { table: digest }, { state: digest }], reason: 'digest-invalid' },
  {
    field: 'exchanged',
    values: ['a', 1, false, undefined],
    reason: { code: 'not-an-object-or-null', field: 'exchanged' },
  },
];

describe.each(messages)('a $type of view $viewNumber', (message) => {
  test('is accepted unchanged', () => {
    expect(give(message)).not.toContainEqual(expect.objectContaining({ type: 'rejected' }));
  });

  // Where the op-number is said twice, it is compared with that of the suffix first.
  const isTold = ['PREPARE', 'DOVIEWCHANGE', 'STARTVIEW'].includes(message.type);
  const cases = bad
    .filter(({ field }) => Object.hasOwn(message, field))
    .map((one) =>
      isTold && one.field === 'opNumber' ? { ...one, reason: 'op-number-not-of-suffix' as const } : one,
    );
  test.each(cases)('is rejected for its $field with the reason $reason', ({ field, values, reason }) => {
    for (const value of values)
      expect(give({ ...message, [field]: value })).toEqual([{ type: 'rejected', reason }]);
  });
});

describe('contradictory numbers', () => {
  test.each<[type: string, fields: object, reason: RejectReason]>([
    ['PREPARE', { opNumber: 1, commitNumber: 2 }, 'commit-number-above-op-number'],
    ['PREPARE', { opNumber: 0, commitNumber: 0 }, 'op-number-not-of-suffix'],
    ['PREPARE', { opNumber: 2 }, 'op-number-not-of-suffix'],
    ['PREPARE', { suffix: log.suffix(1) }, 'suffix-empty'],
    ['DOVIEWCHANGE', { commitNumber: 2 }, 'commit-number-above-op-number'],
    ['DOVIEWCHANGE', { opNumber: 2 }, 'op-number-not-of-suffix'],
    ['DOVIEWCHANGE', { lastNormalView: 1 }, 'last-normal-view-too-late'],
    ['DOVIEWCHANGE', { lastNormalView: 2 }, 'last-normal-view-too-late'],
    ['STARTVIEW', { commitNumber: 2 }, 'commit-number-above-op-number'],
    ['STARTVIEW', { opNumber: 0, commitNumber: 0 }, 'op-number-not-of-suffix'],
    ['PREPAREOK', { suffix: log.suffix(0) }, 'suffix-not-the-end'],
    ['PREPAREOK', { suffix: log.suffix(1) }, 'suffix-not-the-end'],
    ['PREPAREOK', { opNumber: 1 }, 'suffix-not-the-end'],
    ['COMMIT', { suffix: log.suffix(0) }, 'suffix-not-the-end'],
    ['COMMIT', { suffix: log.suffix(1) }, 'suffix-not-the-end'],
    ['COMMIT', { commitNumber: 1 }, 'suffix-not-the-end'],
    ['NEWSTATE', { commitNumber: 2 }, 'commit-number-above-op-number'],
    ['NEWSTATE', { opNumber: 0, commitNumber: 0 }, 'op-number-below-suffix'],
    ['NEWSTATE', { suffix: log.suffix(1), opNumber: 2 }, 'suffix-empty-before-end'],
    ['RECOVERYRESPONSE', { state: { ...state, commitNumber: 2 } }, 'commit-number-above-op-number'],
    ['RECOVERYRESPONSE', { state: { ...state, opNumber: 2 } }, 'op-number-not-of-suffix'],
    ['RECOVERYRESPONSE', { state: { ...state, suffix: null } }, 'suffix-not-of-a-log'],
  ])('reject a %s with %j', (type, fields, reason) => {
    const message = messages.find((one) => one.type === type);
    expect(give({ ...message, ...fields })).toEqual([{ type: 'rejected', reason }]);
  });

  test('reject a vote for view 0, in which all replicas start', () => {
    expect(give({ type: 'STARTVIEWCHANGE', viewNumber: 0, replicaNumber: 0, callers: 0 })).toEqual([
      { type: 'rejected', reason: { code: 'too-low', field: 'viewNumber', min: 1 } },
    ]);
  });

  test.each([-1, -8, 0.5, 2.5, 8, 9, Number.NaN, '1', null])(
    'reject calls of replicas outside of the group: %j',
    (callers) => {
      const call = { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 0 };
      expect(give({ ...call, callers })).toEqual([
        { type: 'rejected', reason: { code: 'not-in-group', field: 'callers' } },
      ]);
    },
  );

  test.each([0, 1, 4, 7])('take calls of any replicas of the group: %j', (callers) => {
    const call = { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 0 };
    expect(give({ ...call, callers }).map(({ type }) => type)).not.toContain('rejected');
  });

  test('do not include equal commit-number and op-number', () => {
    for (const commitNumber of [0, 1]) {
      const prepare = { type: 'PREPARE', viewNumber: 0, ...state, commitNumber } as const;
      expect(give(prepare).map(({ type }) => type)).not.toContain('rejected');
    }
  });
});

describe('a message that only one replica may send', () => {
  test.each([
    { type: 'PREPARE', viewNumber: 1, ...state },
    { type: 'COMMIT', viewNumber: 1, commitNumber: 0, agreed: null },
    { type: 'STARTVIEW', viewNumber: 1, ...state },
  ])('is rejected by the primary of the view if another replica sends it: $type', (message) => {
    expect(give(message)).toEqual([
      { type: 'rejected', reason: { code: 'receiver-is-the-primary', viewNumber: 1 } },
    ]);
  });

  test.each([
    {
      type: 'PREPAREOK',
      viewNumber: 0,
      opNumber: 0,
      suffix: end,
      replicaNumber: 2,
      clock: 0,
      checkpoint: null,
    },
    { type: 'DOVIEWCHANGE', viewNumber: 2, lastNormalView: 0, replicaNumber: 0, ...state, generations: [] },
  ])('is rejected by a backup if it is for the primary of the view: $type', (message) => {
    expect(give(message)).toEqual([
      { type: 'rejected', reason: { code: 'receiver-is-not-the-primary', viewNumber: message.viewNumber } },
    ]);
  });

  test('is rejected if it acknowledges an entry that was never prepared in the view', () => {
    const first = createReplica(configuration, 0);
    const message = {
      type: 'PREPAREOK',
      viewNumber: 0,
      opNumber: 7,
      suffix: Logs.after(7, noEnd).suffix(7),
      replicaNumber: 2,
      clock: 0,
      checkpoint: null,
    } as const;
    expect(step(first, { type: 'message', message })).toEqual([
      { type: 'rejected', reason: { code: 'never-prepared', opNumber: 7 } },
    ]);
  });

  test('is a RECOVERYRESPONSE with the state, which only the primary of its view sends', () => {
    const answer = { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '1.0' };
    expect(give({ ...answer, replicaNumber: 0, state: null })).toEqual([
      { type: 'rejected', reason: 'state-missing' },
    ]);
    expect(give({ ...answer, replicaNumber: 2, state })).toEqual([
      { type: 'rejected', reason: 'state-not-of-the-primary' },
    ]);
  });
});

describe('a message of an unknown shape', () => {
  test.each(['NEWS', 'REPLY', '', undefined, null, 1])('is rejected with the type %j', (type) => {
    expect(give({ ...messages[1], type })).toEqual([{ type: 'rejected', reason: 'unknown-type' }]);
  });

  test.each([undefined, null, 'COMMIT', 1])('is rejected as %j', (message) => {
    expect(give(message)).toEqual([
      { type: 'rejected', reason: { code: 'not-an-object', field: 'a message' } },
    ]);
  });
});

describe('operations', () => {
  const reasonFor = (value: unknown): RejectReason | undefined =>
    validateRequest(configuration, Object.assign({ ...request }, { operation: { ...operation, value } }));
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };

  test.each([null, '', 'a', '\ud83d\ude00', true, false, 0, -1.5, [], [1, [2]], {}, { a: { b: [null] } }])(
    'may hold %j',
    (value) => {
      expect(reasonFor(value)).toBeUndefined();
    },
  );

  test.each([
    ...[Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('s'), () => 1, new Date(0), new Map()],
    ...[Object.assign([1], { more: 1 }), Object.create(null), [undefined], { a: Number.NaN }, [[() => 1]]],
    ...[new Array(2), 'half \ud83d', { '\ude00': 1 }],
  ])('are rejected if they hold %s, which neither a wire nor a disk returns unchanged', (value) => {
    expect(reasonFor(value)).toMatchObject({ code: 'not-json', field: 'operation' });
  });

  test('may be nested at most 64 deep', () => {
    expect(reasonFor(nested(63))).toBeUndefined();
    expect(reasonFor(nested(64))).toEqual({ code: 'not-json', field: 'operation', maxDepth: 64 });
  });

  test('are rejected with the text of the service', () => {
    const unknown = { ...request, operation: { type: 'sell', key: 'a' } };
    const text = keyValueService.validate(unknown.operation);
    expect(text).toMatch(/\S/);
    expect(validateRequest(configuration, unknown)).toEqual({ code: 'operation-invalid', text });
  });
});

test.each([-1, 3, 0.5])('the number %d is rejected as a replica of a group of three', (number) => {
  expect(() => createReplica(configuration, number)).toThrow(`A group of 3 has no replica ${number}`);
});
