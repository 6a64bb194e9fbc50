import { describe, expect, test } from 'vitest';
import { Log } from '../../impl/index.ts';
import { Group, reasonOf } from './group.ts';
import { crashAnyway, inject, setClientView } from './tamper.ts';

describe('the answers that a recovering replica takes, VRR §4.3', () => {
  test('a recovering replica takes no state that the primary of the latest view sent in an earlier view', () => {
    const group = new Group(5);
    group.crash(4);
    group.restart(4);
    group.deliver('RECOVERY', { to: 0 });
    const early = group.duplicate('RECOVERYRESPONSE', { from: 0 });
    const later = [2, 3].flatMap((to) => group.hold('RECOVERY', { to }));
    group.lose();
    // Views go once round the group, so that replica 0 is primary again; x is ordered in view 5 alone.
    for (let view = 1; view <= 5; view++) group.fire(1, 'suspect');
    group.run({ without: [4] });
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 5 });
    setClientView(group, 'ann', 5);
    group.ask('ann', 'x');
    group.run({ without: [4] });
    for (const packet of later) group.arrive(packet);
    group.arrive(early);
    group.deliver('RECOVERYRESPONSE', { from: 2 });
    group.deliver('RECOVERYRESPONSE', { from: 3 });
    expect(group.replica(4).status).toBe('recovering');
    group.fire(4, 'resend');
    group.run();
    expect(group.replica(4)).toMatchObject({ status: 'normal', viewNumber: 5 });
    expect(group.keys(4).log).toBe('x');
  });

  test('a recovering replica takes no answer of a view before the one that it had promised', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    group.crash(2);
    group.restart(2);
    const { membership } = group.replica(0);
    const answer = { type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '2/1.0', membership } as const;
    const state = { suffix: Log.empty.suffix(0), opNumber: 0, commitNumber: 0 };
    inject(group, { from: 1, to: 2, message: { ...answer, state: null, replicaNumber: 1 } });
    inject(group, { from: 0, to: 2, message: { ...answer, state, replicaNumber: 0 } });
    expect(group.replica(2)).toMatchObject({ status: 'recovering', viewNumber: 1 });
  });

  test('a recovering replica takes no log that is shorter than what the primary has answered', () => {
    const group = new Group(3, 'diskless', 'at once', { maxChars: 1 });
    group.ask('ann', 'x');
    group.run({ without: [2] });
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('GETSTATE');
    const earlier = group.duplicate('NEWSTATE');
    group.run();
    group.ask('ann', 'y');
    group.run();
    expect(group.keys(2).log).toBe('x y');
    group.crash(2);
    group.restart(2);
    for (const from of [0, 1]) {
      group.deliver('RECOVERY', { to: from });
      group.deliver('RECOVERYRESPONSE', { from });
    }
    expect(reasonOf(group.arrive(earlier))).toBe('answer-of-earlier-log');
    expect(group.replica(2).status).toBe('recovering');
    group.run();
    expect(group.keys(2).log).toBe('x y');
  });

  test('a replica that has recovered takes no more answers', () => {
    const group = new Group(3);
    group.crash(2);
    group.restart(2);
    for (const to of [0, 1]) group.deliver('RECOVERY', { to });
    const copy = group.duplicate('RECOVERYRESPONSE');
    group.run();
    expect(group.replica(2).status).toBe('normal');
    expect(reasonOf(group.arrive(copy))).toBe('not-recovering');
    expect(group.armed(2)).toEqual(['suspect']);
  });

  test('an alarm is raised once more than f replicas have answered two nonces as recovering', () => {
    const group = new Group(5);
    for (const number of [2, 3, 4]) {
      crashAnyway(group, number);
      group.restart(number);
    }
    for (const other of [2, 4]) {
      group.deliver('RECOVERY', { from: 3, to: other });
      group.deliver('RECOVERING', { from: other, to: 3 });
    }
    group.fire(3, 'resend');
    group.deliver('RECOVERY', { from: 3, to: 0 });
    group.deliver('RECOVERY', { from: 3, to: 4 });
    group.deliver('RECOVERING', { from: 4, to: 3 });
    expect(group.alarms).toEqual([]);
    group.deliver('RECOVERY', { from: 3, to: 2 });
    group.deliver('RECOVERING', { from: 2, to: 3 });
    expect(group.alarms).toEqual([{ code: 'too-many-recovering', recovering: 3, tolerated: 2 }]);
  });

  test('a RECOVERY that arrives after its sender has recovered raises no alarm', () => {
    const group = new Group(3);
    group.crash(1);
    group.restart(1);
    const late = group.duplicate('RECOVERY', { from: 1, to: 2 });
    group.run();
    expect(group.replica(1).status).toBe('normal');
    group.crash(2);
    group.restart(2);
    group.arrive(late);
    expect(group.alarms).toEqual([]);
    group.deliver('RECOVERING', { from: 2, to: 1 });
    expect(group.replica(2).status).toBe('recovering');
    group.run();
    expect(group.replica(2).status).toBe('normal');
    expect(group.alarms).toEqual([]);
  });

  test('a RECOVERING with an earlier nonce does not count', () => {
    const group = new Group(3);
    for (const number of [1, 2]) {
      crashAnyway(group, number);
      group.restart(number);
    }
    group.deliver('RECOVERY', { from: 2, to: 1 });
    const copy = group.duplicate('RECOVERING', { from: 1, to: 2 });
    group.deliver('RECOVERING', { from: 1, to: 2 });
    group.fire(2, 'resend');
    expect(reasonOf(group.arrive(copy))).toBe('nonce-outdated');
    expect(group.alarms).toEqual([]);
  });
});
