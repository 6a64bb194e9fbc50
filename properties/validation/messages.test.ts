import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  keyValueService,
  type Log,
  Log as Logs,
  type Message,
  type Output,
  step,
  validateRequest,
} from '../../impl/index.ts';
import { asInVrr } from '../paper/group.ts';
import { unpredicted } from '../unpredicted.ts';
import { carrying } from './malformed.ts';

const configuration = configure(3, 'durable', keyValueService, asInVrr);
const operation = { type: 'set', key: 'a', value: 1 };
const request = { type: 'REQUEST', operation, clientId: 'ann/0', session: 0, requestNumber: 1 } as const;
const log: Log = Logs.empty.append({ ...request, predicted: unpredicted });
const state = { suffix: log.suffix(0), opNumber: 1, commitNumber: 1 };

const digest = '0123456789abcdef';
const questions = [{ path: '', digests: Array.from({ length: 16 }, () => null) }];
const answer = { differences: [[[15, [['a', 1]]]]], isCut: false } as const;
const exchanged = { part: 'state', paths: [''], answer } as const;
const digests = { table: digest, state: digest };

/** Messages that replica 1 of three may receive, of each type. */
const messages: readonly Message[] = [
  request,
  { type: 'PREPARE', viewNumber: 0, ...state },
  { type: 'PREPAREOK', viewNumber: 1, opNumber: 0, replicaNumber: 2 },
  { type: 'COMMIT', viewNumber: 0, commitNumber: 0 },
  { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 0 },
  { type: 'DOVIEWCHANGE', viewNumber: 1, lastNormalView: 0, replicaNumber: 0, ...state },
  { type: 'STARTVIEW', viewNumber: 2, ...state },
  { type: 'GETSTATE', viewNumber: 0, opNumber: 0, replicaNumber: 2 },
  { type: 'NEWSTATE', viewNumber: 0, suffix: log.suffix(0), opNumber: 1, commitNumber: 1 },
  { type: 'GETCHECKPOINT', viewNumber: 0, opNumber: 1, part: 'table', questions, replicaNumber: 2 },
  { type: 'CHECKPOINT', viewNumber: 0, opNumber: 1, time: 0, digests, exchanged: null },
  { type: 'CHECKPOINT', viewNumber: 1, opNumber: 1, time: 0, digests, exchanged },
  { type: 'RECOVERY', viewNumber: 0, nonce: '1.0', replicaNumber: 2 },
  { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '1.0', state, replicaNumber: 0 },
  { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '1.0', state: null, replicaNumber: 2 },
];

const start: Input & { readonly type: 'message' } = { type: 'message', message: request };

/** What replica 1, which has never heard anything, says to it. */
function give(message: unknown): readonly Output[] {
  return step(createReplica(configuration, 1), carrying(start, message));
}

const notWhole = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined];
const notMember = [-1, 3, 0.5, Number.NaN, '0', null, undefined];
const notText = ['', 1, null, undefined, ['a']];

/** By field, what may never be in it, and what the reason then says. */
const bad: readonly { readonly field: string; readonly values: readonly unknown[]; readonly says: RegExp }[] =
  [
    ...['viewNumber', 'opNumber', 'commitNumber', 'lastNormalView', 'time'].map((field) => {
      return { field, values: notWhole, says: new RegExp(`${field} must be`) };
    }),
    { field: 'requestNumber', values: [0, ...notWhole], says: /requestNumber/ },
    { field: 'replicaNumber', values: notMember, says: /replicaNumber/ },
    { field: 'replicaNumber', values: [1], says: /own number/ },
    { field: 'clientId', values: notText, says: /clientId/ },
    { field: 'nonce', values: notText, says: /nonce/ },
    { field: 'suffix', values: [[request], {}, null, undefined, log], says: /suffix/ },
    { field: 'state', values: ['a', 1, undefined, false], says: /state/ },
    { field: 'part', values: ['log', '', 1, null, undefined, ['state']], says: /part must be/ },
    { field: 'questions', values: [[], 'a', 1, {}, null, undefined], says: /questions must be/ },
    { field: 'digests', values: ['a', 1, null, undefined], says: /digests must be an object/ },
    { field: 'digests', values: [{}, [], { table: digest }, { state: digest }], says: /a digest must/ },
    { field: 'exchanged', values: ['a', 1, false, undefined], says: /exchanged must be an object or null/ },
  ];

describe.each(messages)('a $type of view $viewNumber', (message) => {
  test('is not refused as it is', () => {
    expect(give(message)).not.toContainEqual(expect.objectContaining({ type: 'refused' }));
  });

  const cases = bad.filter(({ field }) => Object.hasOwn(message, field));
  test.each(cases)('is refused for its $field, and the reason says $says', ({ field, values, says }) => {
    for (const value of values) {
      const refused = { type: 'refused', reason: expect.stringMatching(says) };
      expect(give({ ...message, [field]: value })).toEqual([refused]);
    }
  });
});

describe('numbers that cannot stand together', () => {
  test.each([
    ['PREPARE', { opNumber: 1, commitNumber: 2 }, 'commitNumber'],
    ['PREPARE', { opNumber: 0, commitNumber: 0 }, 'opNumber must be that of the last entry'],
    ['PREPARE', { opNumber: 2 }, 'opNumber must be that of the last entry'],
    ['PREPARE', { suffix: log.suffix(1) }, 'suffix must hold an entry'],
    ['DOVIEWCHANGE', { commitNumber: 2 }, 'commitNumber'],
    ['DOVIEWCHANGE', { opNumber: 2 }, 'opNumber'],
    ['DOVIEWCHANGE', { lastNormalView: 1 }, 'lastNormalView must be below viewNumber'],
    ['DOVIEWCHANGE', { lastNormalView: 2 }, 'lastNormalView must be below viewNumber'],
    ['STARTVIEW', { commitNumber: 2 }, 'commitNumber'],
    ['STARTVIEW', { opNumber: 0, commitNumber: 0 }, 'opNumber'],
    ['NEWSTATE', { commitNumber: 2 }, 'commitNumber'],
    ['NEWSTATE', { opNumber: 0, commitNumber: 0 }, 'opNumber'],
    ['NEWSTATE', { suffix: log.suffix(1), opNumber: 2 }, 'suffix must hold an entry'],
    ['RECOVERYRESPONSE', { state: { ...state, commitNumber: 2 } }, 'commitNumber'],
    ['RECOVERYRESPONSE', { state: { ...state, opNumber: 2 } }, 'opNumber'],
    ['RECOVERYRESPONSE', { state: { ...state, suffix: null } }, 'suffix'],
  ])('a %s with %j is refused', (type, fields, word) => {
    expect(give({ ...messages.find((message) => message.type === type), ...fields })).toEqual([
      { type: 'refused', reason: expect.stringContaining(word) },
    ]);
  });

  test('nobody votes for view 0, in which all begin', () => {
    expect(give({ type: 'STARTVIEWCHANGE', viewNumber: 0, replicaNumber: 0 })).toEqual([
      { type: 'refused', reason: expect.stringContaining('viewNumber must be at least 1') },
    ]);
  });

  test('commit-number and op-number may be equal', () => {
    for (const commitNumber of [0, 1]) {
      const prepare = { type: 'PREPARE', viewNumber: 0, ...state, commitNumber } as const;
      expect(give(prepare).map(({ type }) => type)).not.toContain('refused');
    }
  });
});

describe('what only one replica may say', () => {
  test.each([
    { type: 'PREPARE', viewNumber: 1, ...state },
    { type: 'COMMIT', viewNumber: 1, commitNumber: 0 },
    { type: 'STARTVIEW', viewNumber: 1, ...state },
  ])('a primary is not told $type of its own view by anybody else', (message) => {
    expect(give(message)).toEqual([
      { type: 'refused', reason: expect.stringContaining('itself the primary of view 1') },
    ]);
  });

  test.each([
    { type: 'PREPAREOK', viewNumber: 0, opNumber: 0, replicaNumber: 2 },
    { type: 'DOVIEWCHANGE', viewNumber: 2, lastNormalView: 0, replicaNumber: 0, ...state },
  ])('a backup is not given the $type that is for the primary of its view', (message) => {
    expect(give(message)).toEqual([
      { type: 'refused', reason: expect.stringContaining(`not the primary of view ${message.viewNumber}`) },
    ]);
  });

  test('nobody acknowledges what was never prepared in the view', () => {
    const first = createReplica(configuration, 0);
    const message = { type: 'PREPAREOK', viewNumber: 0, opNumber: 7, replicaNumber: 2 } as const;
    expect(step(first, { type: 'message', message })).toEqual([
      { type: 'refused', reason: expect.stringContaining('entry 7 was never prepared') },
    ]);
  });

  test('a RECOVERYRESPONSE holds the state if it is from the primary of its view, and only then', () => {
    const answer = { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '1.0' };
    expect(give({ ...answer, replicaNumber: 0, state: null })).toEqual([
      { type: 'refused', reason: expect.stringContaining('must add its state') },
    ]);
    expect(give({ ...answer, replicaNumber: 2, state })).toEqual([
      { type: 'refused', reason: expect.stringContaining('only the primary') },
    ]);
  });
});

describe('messages of no type', () => {
  test.each(['NEWS', 'REPLY', '', undefined, null, 1])('%j is no type', (type) => {
    expect(give({ ...messages[1], type })).toEqual([
      { type: 'refused', reason: expect.stringContaining('type') },
    ]);
  });

  test.each([undefined, null, 'COMMIT', 1])('%j is no message', (message) => {
    expect(give(message)).toEqual([
      { type: 'refused', reason: expect.stringContaining('message must be an object') },
    ]);
  });
});

describe('operations', () => {
  const refusalOf = (value: unknown): string | undefined =>
    validateRequest(configuration, Object.assign({ ...request }, { operation: { ...operation, value } }));
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };

  test.each([null, '', 'a', '\ud83d\ude00', true, false, 0, -1.5, [], [1, [2]], {}, { a: { b: [null] } }])(
    'may hold %j',
    (value) => {
      expect(refusalOf(value)).toBeUndefined();
    },
  );

  test.each([
    ...[Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('s'), () => 1, new Date(0), new Map()],
    ...[Object.assign([1], { more: 1 }), Object.create(null), [undefined], { a: Number.NaN }, [[() => 1]]],
    ...[new Array(2), 'half \ud83d', { '\ude00': 1 }],
  ])('may not hold %s, which no wire or disk gives back unchanged', (value) => {
    expect(refusalOf(value)).toContain('operation must be JSON');
  });

  test('may be nested 64 deep, with what they hold, and no deeper', () => {
    expect(refusalOf(nested(63))).toBeUndefined();
    expect(refusalOf(nested(64))).toContain('at most 64 deep');
  });

  test('are refused for what the service says', () => {
    const unknown = { ...request, operation: { type: 'sell', key: 'a' } };
    expect(validateRequest(configuration, unknown)).toBe(keyValueService.validate(unknown.operation));
    expect(validateRequest(configuration, unknown)).toMatch(/\S/);
  });
});

test.each([-1, 3, 0.5])('a group of three has no replica %d, and says so', (number) => {
  expect(() => createReplica(configuration, number)).toThrow(`A group of 3 has no replica ${number}`);
});
