import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  ledgerService,
  type Output,
  step,
  validateEntry,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { Group } from './group.ts';
import { inject, setClientView } from './tamper.ts';

/** Three replicas whose clocks and random number generators differ. */
function groupWithClocks(): Group {
  const group = new Group(3);
  group.readings = [
    { time: 500, random: 7 },
    { time: 300, random: 8 },
    { time: 900, random: 9 },
  ];
  return group;
}

/** The predicted time and random number of each entry in the replica's log. */
function predictedAt(group: Group, number: number): readonly unknown[] {
  return group
    .replica(number)
    .log.entriesAfter(0)
    .map(({ predicted }) => [predicted.time, predicted.random]);
}

function executedIn(outputs: readonly (Output | { readonly type: string })[]): readonly unknown[] {
  return outputs.flatMap((output) => ('opNumber' in output && 'request' in output ? [output.request] : []));
}

describe('predictions of clocks and random numbers, VRR §4.4', () => {
  test('the primary predicts time and random number, and all replicas get them with the request', () => {
    const group = groupWithClocks();
    group.ask('ann', 'a');
    group.run();
    group.fire(0, 'heartbeat');
    const outputs = group.deliver('COMMIT', { to: 1 });
    group.run();
    for (const number of [0, 1, 2]) expect(predictedAt(group, number)).toEqual([[500, 7]]);
    expect(executedIn(outputs)).toMatchObject([{ clientId: 'ann/0', predicted: { time: 500, random: 7 } }]);
  });

  test('predicted time never goes back, even when a clock does', () => {
    const group = groupWithClocks();
    group.ask('ann', 'a');
    group.run();
    group.readings = [{ time: 499, random: 1 }];
    group.ask('bob', 'b');
    group.run();
    group.readings = [{ time: 501, random: 2 }];
    group.ask('eve', 'c');
    group.run();
    group.readings = [];
    group.ask('eve', 'd');
    group.run();
    expect(predictedAt(group, 0)).toEqual([
      [500, 7],
      [500, 1],
      [501, 2],
      [501, 0],
    ]);
  });

  test('predicted time and random number are 0 if no clock is read', () => {
    const group = new Group(3);
    group.ask('ann', 'a');
    group.run();
    expect(predictedAt(group, 2)).toEqual([[0, 0]]);
  });

  test('a new primary keeps inherited predictions, and its own are no earlier', () => {
    const group = groupWithClocks();
    group.ask('ann', 'a');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.lose();
    group.fire(1, 'suspect');
    group.run({ without: [0] });
    setClientView(group, 'bob', 1);
    group.ask('bob', 'b');
    group.run({ without: [0] });
    for (const number of [1, 2])
      expect(predictedAt(group, number)).toEqual([
        [500, 7],
        [500, 8],
      ]);
  });

  test('a primary ignores a prediction that a client sends', () => {
    const group = groupWithClocks();
    group.ask('ann', 'a');
    const predicted = { time: 1e9, random: 1 };
    for (const { message, ...way } of group.find('REQUEST'))
      inject(group, { ...way, message: Object.assign({ ...message }, { predicted }) });
    expect(predictedAt(group, 0)).toEqual([[500, 7]]);
  });

  test('predictions are on disk with their requests', () => {
    const group = new Group(3, 'durable');
    group.readings = [{ time: 5, random: 6 }];
    group.ask('ann', 'a');
    group.run();
    group.crash(2);
    group.restart(2);
    expect(predictedAt(group, 2)).toEqual([[5, 6]]);
  });
});

const request = { type: 'REQUEST', operation: 'a', clientId: 'ann/0', session: 0, requestNumber: 1 } as const;
const configuration = configure(1, 'diskless', ledgerService, asInVrr);

const notTime = { code: 'not-a-whole-number', field: 'time' };
const notRandom = 'random-out-of-range';
const notObject = { code: 'not-an-object', field: 'a prediction' };

describe.each([
  [{ time: -1, random: 0 }, notTime],
  [{ time: 0.5, random: 0 }, notTime],
  [{ time: 2 ** 53, random: 0 }, notTime],
  [{ time: Number.NaN, random: 0 }, notTime],
  [{ time: '1', random: 0 }, notTime],
  [{ time: 0, random: -1 }, notRandom],
  [{ time: 0, random: 2 ** 32 }, notRandom],
  [{ time: 0, random: 0.5 }, notRandom],
  [{ time: 0, random: 1n }, notRandom],
  [{ time: 0, random: { toString: 1 } }, notRandom],
  [{ time: 0 }, notRandom],
  [null, notObject],
  [1, notObject],
])('what no clock and no random number generator can yield: %o', (reading, reason) => {
  test('an impossible reading is rejected and changes nothing', () => {
    const replica = createReplica(configuration, 0);
    const input: Input = { type: 'message', message: request };
    const outputs = step(replica, Object.assign(input, { reading }));
    expect(outputs).toEqual([{ type: 'rejected', reason }]);
    expect(replica.log.length).toBe(0);
  });

  test('an impossible prediction is in no log', () => {
    const entry = Object.assign({ ...request, predicted: { time: 0, random: 0 } }, { predicted: reading });
    expect(validateEntry(configuration, entry)).toEqual(reason);
  });
});

test('the largest possible reading is taken, and an entry without a prediction is rejected', () => {
  const most = { time: Number.MAX_SAFE_INTEGER, random: 2 ** 32 - 1 };
  const replica = createReplica(configuration, 0);
  step(replica, { type: 'message', message: request, reading: most });
  expect(replica.log.at(1)).toEqual({ ...request, predicted: most });
  expect(validateEntry(configuration, replica.log.at(1))).toBeUndefined();
  const lacking = Object.assign({ ...replica.log.at(1) }, { predicted: undefined });
  expect(validateEntry(configuration, lacking)).toBe('prediction-missing');
  expect(
    validateEntry(configuration, Object.assign({ ...replica.log.at(1) }, { clientId: '' })),
  ).toMatchObject({
    field: 'clientId',
  });
});
