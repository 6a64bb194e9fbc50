import { describe, expect, test } from 'vitest';
import { describeReason } from '../../impl/index.ts';
import { Group, reasonOf } from './group.ts';

const clockBound = 1000;

/** A group whose clocks show these times, as every replica has heard. */
function groupAt(...times: readonly number[]): Group {
  const group = new Group(times.length, 'diskless', 'at once', { clockBound });
  setClocks(group, ...times);
  return group;
}

/** Sets the clocks, and lets the primary of the view hear them. */
function setClocks(group: Group, ...times: readonly number[]): void {
  group.readings = times.map((time, random) => ({ time, random }));
  if (times.length > 1) group.fire(primaryOf(group), 'heartbeat');
  group.run();
}

function primaryOf(group: Group): number {
  return group.replica(0).viewNumber % group.world.machines.length;
}

/** The agreed time of one more request. */
function timeOfNext(group: Group): number {
  group.ask('ann', 'a');
  group.run();
  return group.replica(primaryOf(group)).log.lastTime;
}

describe('a primary’s clock that differs from those of a quorum, VRR §4.4', () => {
  test('moves the agreed time no further than the bound, and not for good', () => {
    const group = groupAt(5000, 5000, 5000);
    expect(timeOfNext(group)).toBe(5000);
    setClocks(group, 315_576_000_000, 5200, 5100);
    expect(timeOfNext(group)).toBe(6200);
    setClocks(group, 6300, 6300, 6300);
    expect(timeOfNext(group)).toBe(6300);
  });

  test('is believed within the bound', () => {
    const group = groupAt(6000, 5000, 5000);
    expect(timeOfNext(group)).toBe(6000);
    setClocks(group, 8000, 9000, 9000);
    expect(timeOfNext(group)).toBe(8000);
    expect(group.alarms).toEqual([]);
  });

  test('holds the agreed time back no further than the bound', () => {
    const group = groupAt(1, 5000, 5200);
    expect(timeOfNext(group)).toBe(4000);
  });

  test('is compared with a quorum: one wrong clock among the others changes nothing', () => {
    const group = groupAt(5000, 315_576_000_000, 5000);
    expect(timeOfNext(group)).toBe(5000);
    setClocks(group, 315_576_000_000, 5200, 1);
    expect(timeOfNext(group)).toBe(6200);
    const five = groupAt(315_576_000_000, 315_576_000_000, 5000, 5100, 5200);
    expect(timeOfNext(five)).toBe(6200);
  });

  test('counts as the time of the others, plus the bound, until a quorum was heard', () => {
    const group = new Group(3, 'diskless', 'at once', { clockBound });
    group.readings = [5000, 5000, 5000].map((time) => ({ time, random: 0 }));
    expect(timeOfNext(group)).toBe(clockBound);
    expect(timeOfNext(group)).toBe(5000);
  });

  test('is all that a group of one has', () => {
    const group = groupAt(5000);
    expect(timeOfNext(group)).toBe(5000);
    setClocks(group, 315_576_000_000);
    expect(timeOfNext(group)).toBe(315_576_000_000);
    expect(group.alarms).toEqual([]);
  });

  test('is checked by the other one in a group of two', () => {
    const group = groupAt(315_576_000_000, 5000);
    expect(timeOfNext(group)).toBe(6000);
    setClocks(group, 5500, 315_576_000_000);
    expect(timeOfNext(group)).toBe(6000);
  });
});

describe('the alarm about a primary’s clock', () => {
  test('is raised once for as long as the clock is wrong', () => {
    const group = groupAt(5000, 5000, 5000);
    setClocks(group, 6001, 5000, 5000);
    setClocks(group, 7001, 5000, 5000);
    timeOfNext(group);
    expect(group.alarms).toEqual([{ code: 'clock-doubted', ahead: 1001, clockBound }]);
    setClocks(group, 6000, 5000, 5000);
    setClocks(group, 3999, 5000, 5000);
    expect(group.alarms.slice(1)).toEqual([{ code: 'clock-doubted', ahead: -1001, clockBound }]);
  });

  test('is not raised while a quorum is unheard, or no clock is read', () => {
    const group = new Group(5, 'diskless', 'at once', { clockBound });
    group.readings = [5000, 1, 1, 1, 1].map((time) => ({ time, random: 0 }));
    group.fire(0, 'heartbeat');
    group.run({ without: [2, 3, 4] });
    expect(group.alarms).toEqual([]);
    const unread = groupAt(0, 5000, 5000);
    expect(unread.alarms).toEqual([]);
  });

  test('says how wrong the clock is, and what to do', () => {
    const [ahead, behind] = [5, -5].map((by) =>
      describeReason({ code: 'clock-doubted', ahead: by, clockBound: 3 }),
    );
    expect(ahead).toBe(
      'the clock of this machine is 5 ms ahead of those of a quorum, and 3 ms are allowed: set it right',
    );
    expect(behind).toContain('5 ms behind those');
  });
});

describe('a log that is ahead of the clocks by more than the bound', () => {
  /** A group that has agreed on the time 100,000, and whose clocks were then set back to 5,000. */
  function groupAhead(): Group {
    const group = groupAt(100_000, 100_000, 100_000);
    timeOfNext(group);
    setClocks(group, 5000, 5000, 5000);
    expect(timeOfNext(group)).toBe(100_000);
    return group;
  }

  test('advances half as fast as the clocks', () => {
    const group = groupAhead();
    setClocks(group, 5100, 5100, 5100);
    expect([timeOfNext(group), timeOfNext(group)]).toEqual([100_050, 100_050]);
    setClocks(group, 5101, 5101, 5101);
    expect(timeOfNext(group)).toBe(100_050);
    setClocks(group, 5102, 5102, 5102);
    expect(timeOfNext(group)).toBe(100_051);
  });

  test('advances by half the bound at most, however far the clocks jump', () => {
    const group = groupAhead();
    setClocks(group, 50_000, 50_000, 50_000);
    expect(timeOfNext(group)).toBe(100_500);
  });

  test('waits for clocks that went back a little, and starts again from clocks that went back further', () => {
    const group = groupAhead();
    setClocks(group, 4500, 4500, 4500);
    expect(timeOfNext(group)).toBe(100_000);
    setClocks(group, 5010, 5010, 5010);
    expect(timeOfNext(group)).toBe(100_005);
    setClocks(group, 3000, 3000, 3000);
    expect(timeOfNext(group)).toBe(100_005);
    setClocks(group, 3010, 3010, 3010);
    expect(timeOfNext(group)).toBe(100_010);
  });

  test('follows the clocks once they have come as far', () => {
    const group = groupAhead();
    setClocks(group, 99_500, 99_500, 99_500);
    expect(timeOfNext(group)).toBe(100_000);
    setClocks(group, 100_001, 100_001, 100_001);
    expect(timeOfNext(group)).toBe(100_001);
    setClocks(group, 50_000, 50_000, 50_000);
    expect(timeOfNext(group)).toBe(100_001);
  });

  test('goes no further than a number can count', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const group = groupAt(most, most, most);
    timeOfNext(group);
    for (const time of [5000, 6000, 7000]) {
      setClocks(group, time, time, time);
      expect(timeOfNext(group)).toBe(most);
    }
  });
});

describe('what a primary knows of the other clocks', () => {
  test('is what they last showed, also if they went back', () => {
    const group = groupAt(5000, 9000, 9000);
    setClocks(group, 315_576_000_000, 5000, 5000);
    expect(timeOfNext(group)).toBe(6000);
  });

  test('is forgotten where a replica was not heard for a failure timeout', () => {
    const group = groupAt(5000, 90_000, 5000);
    group.fire(0, 'suspect');
    group.fire(0, 'heartbeat');
    group.run({ without: [1] });
    expect(group.replica(0).clocks).toEqual([0, 90_000, 5000]);
    group.fire(0, 'suspect');
    expect(group.replica(0).clocks).toEqual([0, 0, 5000]);
  });

  test('is forgotten with the view', () => {
    const group = groupAt(5000, 90_000, 90_000);
    for (const next of [1, 2, 0]) {
      group.fire(next, 'suspect');
      group.fire((next + 1) % 3, 'suspect');
      group.run();
    }
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 3 });
    expect(group.replica(0).clocks).toEqual([0, 0, 0]);
  });

  test('changes with each acknowledgement that tells another time', () => {
    const group = groupAt(5000, 5000, 5000);
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 1 });
    expect(reasonOf(group.deliver('COMMITOK'))).toBe('already-heard');
    group.readings = [5000, 5001, 5000].map((time) => ({ time, random: 0 }));
    group.fire(0, 'heartbeat');
    group.lose('COMMIT', { to: 2 });
    group.deliver('COMMIT', { to: 1 });
    expect(reasonOf(group.deliver('COMMITOK'))).toBeUndefined();
    expect(group.replica(0).clocks).toEqual([0, 5001, 5000]);
  });
});
