import { describe, expect, test } from 'vitest';
import { configure, keyValueService, primaryOf, type StorageMode } from '../../impl/index.ts';
import { Group } from './group.ts';
import { crashAnyway } from './tamper.ts';

const sizes = [1, 2, 3, 4, 5, 7];
const modes: readonly StorageMode[] = ['durable', 'diskless'];
const inBothModes = sizes.flatMap((size) => modes.map((mode) => ({ size, mode })));
const numbers = (size: number): readonly number[] => Array.from({ length: size }, (_, number) => number);

/** What each replica has executed. */
function executed(group: Group, size: number): readonly string[] {
  return numbers(size).map((number) => group.keys(number).executed);
}

describe('quorums', () => {
  test('a group of K tolerates the largest f with 2f + 1 ≤ K, and any two quorums of K − f share a replica', () => {
    const groups = sizes.map((size) => configure(size, 'durable', keyValueService));
    expect(groups.map(({ tolerated }) => tolerated)).toEqual([0, 0, 1, 1, 2, 3]);
    expect(groups.map(({ quorum }) => quorum)).toEqual([1, 2, 2, 3, 3, 4]);
    for (const { quorum, size } of groups) expect(2 * quorum).toBeGreaterThan(size);
  });

  test('the primary of each view is the next replica of the group, and after the last comes the first', () => {
    const group = configure(4, 'durable', keyValueService);
    expect([0, 1, 2, 3, 4, 5].map((view) => primaryOf(group, view))).toEqual([0, 1, 2, 3, 0, 1]);
  });

  test('a group has 1 to 31 replicas', () => {
    for (const size of [0, 32, -1, 2.5, Number.NaN]) {
      expect(() => configure(size, 'durable', keyValueService)).toThrow(RangeError);
    }
  });
});

describe.each(inBothModes)('a $mode group of $size', ({ size, mode }) => {
  const { tolerated, quorum } = configure(size, mode, keyValueService);

  test('a group executes a request on all replicas and answers it once', () => {
    const group = new Group(size, mode);
    group.ask('ann', 'x');
    group.run();
    if (size > 1) group.fire(0, 'heartbeat');
    group.run();
    expect(group.answers).toEqual([1]);
    expect(executed(group, size)).toEqual(numbers(size).map(() => 'x'));
  });

  test('a group commits with a quorum, and with no fewer', () => {
    const group = new Group(size, mode);
    group.ask('ann', 'x');
    group.run({ without: numbers(size).slice(quorum) });
    expect(group.answers).toEqual([1]);
    if (quorum === 1) return;
    const smaller = new Group(size, mode);
    smaller.ask('ann', 'x');
    smaller.run({ without: numbers(size).slice(quorum - 1) });
    expect(smaller.answers).toEqual([]);
    smaller.fire(0, 'resend');
    smaller.run();
    expect(smaller.answers).toEqual([1]);
  });

  test('a group goes through one view after the other, each replica leading once, and keeps executed requests', () => {
    const group = new Group(size, mode);
    group.ask('ann', { type: 'set', key: 'x', value: 'kept' });
    group.run();
    if (size === 1) return;
    for (let view = 1; view <= size; view++) {
      group.fire(view % size, 'suspect');
      group.run();
      expect(group.replica(view % size)).toMatchObject({ status: 'normal', viewNumber: view });
    }
    group.ask('bob', { type: 'get', key: 'x' });
    group.run();
    expect(group.answers).toEqual(['kept', 'kept']);
  });

  test('a group survives the crash of f replicas at once, the primary among them', () => {
    if (tolerated === 0) return;
    const group = new Group(size, mode);
    group.ask('ann', { type: 'set', key: 'x', value: 'kept' });
    group.run();
    for (const number of numbers(tolerated)) group.crash(number);
    for (let view = 1; view <= tolerated; view++) group.fire(size - 1, 'suspect');
    group.run();
    expect(group.replica(tolerated)).toMatchObject({ status: 'normal', viewNumber: tolerated });
    group.ask('bob', { type: 'get', key: 'x' });
    group.retry('bob');
    group.run();
    expect(group.answers).toEqual(['kept', 'kept']);

    for (const number of numbers(tolerated)) group.restart(number);
    group.run();
    group.fire(tolerated, 'heartbeat');
    group.run();
    expect(executed(group, size)).toEqual(numbers(size).map(() => 'x x'));
  });
});

describe('groups that tolerate no failure', () => {
  test('a durable group of one comes back in its next view with its whole log', () => {
    const group = new Group(1, 'durable');
    group.ask('ann', { type: 'set', key: 'x', value: 'kept' });
    group.run();
    group.crash(0);
    group.restart(0);
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1 });
    expect(group.armed(0)).toEqual([]);
    group.ask('bob', { type: 'get', key: 'x' });
    group.run();
    expect(group.answers).toEqual(['kept', 'kept']);
  });

  test('a durable group of two goes on after either replica crashed and came back', () => {
    for (const crashed of [0, 1]) {
      const group = new Group(2, 'durable');
      group.ask('ann', { type: 'set', key: 'x', value: 'kept' });
      group.run();
      group.crash(crashed);
      group.restart(crashed);
      group.run();
      group.ask('bob', { type: 'get', key: 'x' });
      group.retry('bob');
      group.run();
      expect(group.answers).toEqual(['kept', 'kept']);
    }
  });

  test('a backup of a diskless group of two recovers from its primary', () => {
    const group = new Group(2);
    group.ask('ann', 'x');
    group.run();
    crashAnyway(group, 1);
    group.restart(1);
    group.run();
    expect(group.replica(1).status).toBe('normal');
    expect(group.keys(1).executed).toBe('x');
  });
});
