import { describe, expect, test } from 'vitest';
import { Group } from './group.ts';

/** A group whose replicas have never run. */
function unfounded(size = 3): Group {
  return new Group(size, 'durable', 'at once', {}, { unfounded: true });
}

function statuses(group: Group): readonly (string | undefined)[] {
  return group.world.machines.map(({ replica }) => replica?.status);
}

describe('founding', () => {
  test('the first primary founds the group once all others have said that they take part in none', () => {
    const group = unfounded();
    group.restart(0);
    group.restart(1);
    group.run();
    expect(statuses(group)).toEqual(['recovering', 'recovering', undefined]);
    group.restart(2);
    group.run();
    expect(statuses(group)).toEqual(['normal', 'normal', 'normal']);
    for (const number of [0, 1, 2]) {
      expect(group.replica(number).membership.founders).toEqual(['0', '1', '2']);
      expect(group.disk(number).image.membership.founders).toEqual(['0', '1', '2']);
    }
    expect(group.alarms).toEqual([]);
  });

  test('a replica that was restarted before the group was founded takes part in it', () => {
    const group = unfounded();
    group.restart(1);
    group.crash(1);
    for (const number of [0, 1, 2]) group.restart(number);
    group.run();
    expect(statuses(group)).toEqual(['normal', 'normal', 'normal']);
  });

  test('a founder that did not hear of the founding begins when it asks, and keeps its storage', () => {
    const group = unfounded();
    for (const number of [0, 1, 2]) group.restart(number);
    group.lose('FOUNDED', { to: 2 });
    group.crash(2);
    group.run();
    group.restart(2);
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', membership: { generations: [] } });
  });

  test('a group of one founds itself', () => {
    const group = unfounded(1);
    group.restart(0);
    expect(group.replica(0)).toMatchObject({ status: 'normal', membership: { founders: ['0'] } });
  });
});

describe('a replica whose storage was lost, VRR §4.3', () => {
  test('waits for the others again after a second restart, and is never taken for new', () => {
    const group = new Group(3, 'durable');
    group.ask('ann', 'a');
    group.run({ without: [2] });
    for (const number of [0, 2]) group.crash(number);
    group.loseStorage(1);
    for (const number of [1, 2]) group.restart(number);
    group.crash(1);
    group.restart(1);
    group.run();
    expect(group.replica(1).status).toBe('recovering');
    group.restart(0);
    group.run();
    // Replica 1 would be the primary of view 1, and cannot start it.
    group.fire(0, 'suspect');
    group.run();
    group.fire(1, 'resend');
    group.run();
    expect(group.keys(1).log).toBe('a');
  });

  test('is told how often it had lost its memory, and the others store the next loss first', () => {
    const group = new Group(3, 'durable', 'by hand');
    group.loseStorage(2);
    group.restart(2);
    group.deliver('RECOVERY', { to: 0 });
    group.deliver('RECOVERY', { to: 1 });
    group.deliver('RECOVERYRESPONSE', { from: 0 });
    group.deliver('RECOVERYRESPONSE', { from: 1 });
    expect(group.replica(2).membership.generations).toEqual([0, 0, 1]);
    group.deliver('RECOVERY', { to: 0 });
    expect(group.find('RECOVERYRESPONSE')).toEqual([]);
    group.sync(0);
    expect(group.find('RECOVERYRESPONSE')).toHaveLength(1);
    expect(group.disk(0).image.membership.generations).toEqual([0, 0, 1]);
  });

  test('has its vote from before not counted, so that no view starts without what it acknowledged since', () => {
    const group = new Group(3, 'durable');
    // Replica 1 calls for view 1, loses its storage, and recovers in view 0.
    group.fire(1, 'suspect');
    const [call] = group.hold('STARTVIEWCHANGE', { to: 2 });
    group.lose('STARTVIEWCHANGE');
    group.loseStorage(1);
    group.restart(1);
    group.run();
    expect(group.replica(1)).toMatchObject({ status: 'normal', viewNumber: 0 });
    // Replica 2 hears that call, votes for view 1, loses its storage, and recovers in view 0 as well.
    group.arrive(call);
    const [vote] = group.hold('DOVIEWCHANGE', { to: 1 });
    group.lose('STARTVIEWCHANGE');
    group.loseStorage(2);
    group.restart(2);
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 0 });
    // It acknowledges a request there, which is answered. Then its vote arrives.
    group.ask('ann', 'a');
    group.run({ without: [1] });
    expect(group.answers).toHaveLength(1);
    expect(group.arrive(vote)).toEqual([{ type: 'dropped', reason: 'vote-forgotten' }]);
    expect(group.replica(1)).toMatchObject({ status: 'normal', viewNumber: 0 });
  });

  test('raises an alarm if more have lost their storage than the group tolerates', () => {
    const group = new Group(3, 'durable', 'at once', {}, { overload: true });
    for (const number of [1, 2]) group.loseStorage(number);
    for (const number of [1, 2]) group.restart(number);
    group.run();
    for (const number of [1, 2, 1, 2]) {
      group.fire(number, 'resend');
      group.run();
    }
    expect(group.alarms).toContainEqual({ code: 'too-many-recovering', recovering: 2, tolerated: 1 });
    expect([1, 2].map((number) => group.replica(number).status)).toEqual(['recovering', 'recovering']);
  });
});
