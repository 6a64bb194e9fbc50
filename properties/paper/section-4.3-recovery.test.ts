import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { crashAnyway, inject } from './tamper.ts';

/** Replica 2 of a group that has committed x has lost its memory, and is asking the others. */
function recovering(size = 3): Group {
  const group = new Group(size);
  group.ask('ann', 'x');
  group.run();
  group.crash(2);
  group.restart(2);
  return group;
}

describe('recovery of a replica that lost its memory, VRR §4.3', () => {
  test('a recovering replica asks all others, with a nonce, and takes part in nothing else', () => {
    const group = recovering();
    expect(group.replica(2)).toMatchObject({ status: 'recovering', commitNumber: 0 });
    expect(group.find('RECOVERY')).toMatchObject([
      { to: 0, message: { replicaNumber: 2, nonce: '2/1.0' } },
      { to: 1, message: { replicaNumber: 2, nonce: '2/1.0' } },
    ]);
    const message = { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 1, callers: 0 } as const;
    expect(reasonOf(inject(group, { from: 1, to: 2, message }))).toBe('recovering');
  });

  test('only the primary of the view adds the log to its RECOVERYRESPONSE', () => {
    const group = recovering();
    group.deliver('RECOVERY', { to: 0 });
    group.deliver('RECOVERY', { to: 1 });
    expect(group.find('RECOVERYRESPONSE')).toMatchObject([
      { from: 0, message: { viewNumber: 0, state: { opNumber: 1, commitNumber: 1 } } },
      { from: 1, message: { viewNumber: 0, state: null } },
    ]);
  });

  test('a recovering replica is normal after f + 1 answers, the one of the primary among them', () => {
    const group = recovering();
    group.deliver('RECOVERY', { to: 0 });
    group.deliver('RECOVERY', { to: 1 });
    group.deliver('RECOVERYRESPONSE', { from: 0 });
    expect(group.replica(2).status).toBe('recovering');
    group.deliver('RECOVERYRESPONSE', { from: 1 });
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 0 });
    expect(group.keys(2)).toEqual({ log: 'x', executed: 'x' });
  });

  test('a recovering replica counts two answers of one replica once', () => {
    const group = recovering();
    group.deliver('RECOVERY', { to: 0 });
    const answer = group.duplicate('RECOVERYRESPONSE');
    group.deliver('RECOVERYRESPONSE');
    group.arrive(answer);
    expect(group.replica(2).status).toBe('recovering');
  });

  test('a replica that is not normal does not answer RECOVERY', () => {
    const group = recovering();
    group.fire(1, 'suspect');
    expect(reasonOf(group.deliver('RECOVERY', { to: 1 }))).toBe('cannot-help-recovery');
  });

  test('a recovering replica ignores answers to an earlier incarnation', () => {
    const group = recovering();
    group.deliver('RECOVERY', { to: 0 });
    group.crash(2);
    group.restart(2);
    expect(reasonOf(group.deliver('RECOVERYRESPONSE'))).toBe('nonce-outdated');
  });

  test('a recovering replica waits for the primary of the latest view among the answers', () => {
    const group = recovering(5);
    for (const to of [0, 4]) group.deliver('RECOVERY', { to });
    group.lose('RECOVERY');
    group.fire(1, 'suspect');
    const late = group.hold('RECOVERYRESPONSE');
    group.run({ without: [0, 2] });
    group.fire(2, 'resend');
    group.deliver('RECOVERY', { to: 3 });
    for (const packet of late) group.arrive(packet);
    group.deliver('RECOVERYRESPONSE', { from: 3 });
    // It has three answers, of which one tells of view 1: the answer of the primary of view 0 no longer counts.
    expect(group.replica(2).status).toBe('recovering');
    group.deliver('RECOVERY', { to: 1 });
    group.deliver('RECOVERYRESPONSE', { from: 1 });
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1 });
  });

  test('a crashed primary recovers once the others have moved to the next view', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.crash(0);
    group.restart(0);
    group.run();
    group.fire(0, 'resend');
    group.run();
    expect(group.replica(0).status).toBe('recovering');
    group.fire(1, 'suspect');
    group.run();
    group.fire(0, 'resend');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1 });
    expect(group.keys(0).log).toBe('x');
  });
});

describe('recovery where VRR §4.3 leaves it open', () => {
  test('a recovering replica gives up answers from before and after a view change, with their nonce', () => {
    const group = recovering(5);
    group.deliver('RECOVERY', { to: 4 });
    group.lose('RECOVERY');
    group.deliver('RECOVERYRESPONSE', { from: 4 });
    group.fire(1, 'suspect');
    group.run({ without: [2] });
    group.fire(2, 'resend');
    group.deliver('RECOVERY', { to: 3 });
    group.deliver('RECOVERYRESPONSE', { from: 3 });
    group.lose();
    group.fire(2, 'resend');
    expect(group.find('RECOVERY', { to: 1 })).toMatchObject([{ message: { nonce: '2/1.1' } }]);
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1 });
  });

  test('a replica recovers in no earlier view than it had promised, and asks the others to move there', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    group.lose();
    group.crash(2);
    group.restart(2);
    expect(group.find('RECOVERY')).toMatchObject([
      { message: { viewNumber: 1 } },
      { message: { viewNumber: 1 } },
    ]);
    group.run();
    expect([group.replica(0).viewNumber, group.replica(1).viewNumber]).toEqual([1, 1]);
    group.fire(2, 'resend');
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1 });
  });

  test('an alarm is raised when more replicas have lost their memory than the group tolerates', () => {
    const group = recovering();
    crashAnyway(group, 1);
    group.restart(1);
    group.run();
    for (const number of [1, 2]) group.fire(number, 'resend');
    group.run();
    expect(group.alarms.length).toBeGreaterThan(0);
    expect(group.alarms[0]).toEqual({ code: 'too-many-recovering', recovering: 2, tolerated: 1 });
    expect([group.replica(1).status, group.replica(2).status]).toEqual(['recovering', 'recovering']);
  });

  test.each([1, 2])(
    'an alarm is raised at the first loss of memory in a group of %d, which tolerates none',
    (size) => {
      const group = new Group(size);
      crashAnyway(group, size - 1);
      group.restart(size - 1);
      expect(group.alarms).toHaveLength(1);
    },
  );

  test('a replica that has recovered no longer counts as lost', () => {
    const group = new Group(5);
    group.crash(3);
    group.crash(4);
    group.restart(3);
    group.restart(4);
    group.deliver('RECOVERY', { from: 4, to: 3 });
    for (const to of [0, 1, 2]) group.deliver('RECOVERY', { from: 4, to });
    group.lose('RECOVERY');
    group.run();
    expect([group.replica(3).status, group.replica(4).status]).toEqual(['recovering', 'normal']);
    group.fire(3, 'resend');
    group.deliver('RECOVERY', { from: 3, to: 4 });
    group.deliver('RECOVERYRESPONSE', { from: 4, to: 3 });
    group.lose();
    group.crash(2);
    group.restart(2);
    group.deliver('RECOVERY', { from: 2, to: 3 });
    expect(group.alarms).toEqual([]);
  });
});

describe('a defect of §4.3, repaired: a vote that its voter forgot (Michael et al. 2017)', () => {
  test('late votes of two replicas that crashed one after the other lose no answered request', () => {
    const group = new Group(3);
    // Replica 1 calls for view 1, and crashes before any replica has heard of it.
    group.fire(1, 'suspect');
    const calls = group.hold('STARTVIEWCHANGE');
    group.crash(1);
    group.restart(1);
    // In the paper's protocol it forgets the call, and comes back in view 0. Here its RECOVERY names view 1, and the
    // others move there. Their votes, with empty logs, are delayed for a long time.
    group.deliver('RECOVERY', { to: 0 });
    group.deliver('RECOVERY', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 0 });
    const votes = group.hold('DOVIEWCHANGE');
    expect(votes).toMatchObject([{ message: { viewNumber: 1 } }, { message: { viewNumber: 1 } }]);
    // The primary of view 1 is the replica that recovers, so it recovers only in view 2.
    group.fire(2, 'suspect');
    group.run();
    group.fire(1, 'resend');
    group.run();
    expect(group.replica(1)).toMatchObject({ status: 'normal', viewNumber: 2 });
    // Now replica 2 crashes, and recovers in view 3.
    group.crash(2);
    group.restart(2);
    expect(group.replica(2)).toMatchObject({ status: 'recovering', viewNumber: 2 });
    group.fire(0, 'suspect');
    group.run();
    group.fire(2, 'resend');
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 3 });
    // The late calls and votes for view 1 undo no request that is answered from here on.
    group.ask('ann', { type: 'set', key: 'x', value: 'kept' });
    group.run({ without: [1] });
    for (const packet of [...calls, ...votes]) group.arrive(packet);
    group.run();
    group.fire(1, 'suspect');
    group.run();
    group.ask('bob', { type: 'get', key: 'x' });
    group.retry('bob');
    group.run();
    expect(group.answers).toEqual(['kept', 'kept']);
    expect(group.alarms).toEqual([]);
  });

  test('all replicas move to the view that a crashed replica had promised, and the client is answered there', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    // Replica 2 calls for view 1 and votes for it with its log; no replica hears it before it has crashed.
    group.fire(2, 'suspect');
    const call = group.hold('STARTVIEWCHANGE', { to: 1 });
    group.crash(2);
    group.restart(2);
    group.run();
    expect([group.replica(0).viewNumber, group.replica(1).viewNumber]).toEqual([1, 1]);
    group.ask('ann', 'y');
    group.retry('ann');
    group.run();
    for (const packet of call) group.arrive(packet);
    group.fire(2, 'resend');
    group.run();
    expect(group.answers).toEqual([1, 1]);
    expect([0, 1, 2].map((number) => group.keys(number).log)).toEqual(['x y', 'x y', 'x y']);
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1 });
  });
});
