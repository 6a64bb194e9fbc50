import { describe, expect, test } from 'vitest';
import { type AddressedMessage, Group, reasonOf } from './group.ts';
import { fireLate, inject, setClientView } from './tamper.ts';

/** Replica 2 missed `a`, `b` and `c`, which the others have executed. */
function laggingGroup(): Group {
  const group = new Group(3);
  for (const name of ['a', 'b', 'c']) group.ask(name, name);
  group.run({ without: [2] });
  return group;
}

/** Replicas 1 and 2 have gone on to view 1 and hold `x`; replica 0 is still in view 0, where it alone holds `old`. */
function groupThatMovedOn(): Group {
  const group = new Group(3);
  group.ask('old', 'old');
  group.run({ without: [1, 2] });
  group.fire(1, 'suspect');
  group.run({ without: [0] });
  setClientView(group, 'ann', 1);
  group.ask('ann', 'x');
  group.run({ without: [0] });
  return group;
}

describe('state transfer within a view, VRR §5.2', () => {
  test('a replica that misses entries asks for those after its op-number, and stays normal meanwhile', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    expect(group.replica(2).status).toBe('normal');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 0, message: { viewNumber: 0, opNumber: 0 } }]);
  });

  test('a replica acknowledges the entries of NEWSTATE and executes the committed ones', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    expect(group.keys(2)).toEqual({ log: 'a b c', executed: 'a b c' });
    expect(group.find('PREPAREOK', { from: 2 })).toMatchObject([{ message: { opNumber: 3 } }]);
  });

  test('a replica asks for missing entries once, however often it notices the gap', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('COMMIT', { to: 2 });
    expect(group.find('COMMITOK', { from: 2 })).toHaveLength(2);
    expect(group.find('GETSTATE')).toHaveLength(1);
  });

  test('a replica without an answer asks another replica', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.lose();
    group.fire(2, 'resend');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1 }]);
    group.run();
    expect([group.keys(2).log, group.armed(2).includes('resend')]).toEqual(['a b c', false]);
    expect(reasonOf(fireLate(group, 2, 'resend'))).toBe('nothing-to-resend');
  });

  test('a replica executes what the primary says is committed, and not what another replica says', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.lose();
    group.fire(2, 'resend');
    group.run();
    expect(group.keys(2)).toEqual({ log: 'a b c', executed: '' });
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    expect(group.keys(2)).toEqual({ log: 'a b c', executed: 'a b c' });
  });

  test('a second copy of NEWSTATE changes nothing', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('GETSTATE');
    const answer = group.duplicate('NEWSTATE');
    group.run();
    expect(reasonOf(group.arrive(answer))).toBe('state-not-asked-for');
  });

  test('a replica that asked twice for slow pieces of a log fetches each later piece once', () => {
    const group = new Group(3, 'diskless', 'at once', { maxChars: 1 });
    for (const name of ['a', 'b', 'c', 'd']) group.ask(name, name);
    group.run({ without: [2] });
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.fire(2, 'resend');
    group.deliver('GETSTATE', { to: 0 });
    group.deliver('GETSTATE', { to: 1 });
    group.deliver('NEWSTATE', { from: 0 });
    expect(reasonOf(group.deliver('NEWSTATE', { from: 1 }))).toBe('answer-repeated');
    expect(group.find('GETSTATE')).toMatchObject([{ message: { opNumber: 1 } }]);
    group.run();
    expect(group.keys(2).log).toBe('a b c d');
  });

  test('a replica drops a NEWSTATE that begins after its log, because it would leave a gap', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    expect(reasonOf(inject(group, newState(group, 0, 2, 1)))).toBe('answer-leaves-gap');
    expect(group.keys(2).log).toBe('');
    group.run();
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a replica in a view change answers GETSTATE for the view in which it was last normal', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 0 });
    expect(group.replica(0)).toMatchObject({ status: 'view-change', viewNumber: 1, lastNormalView: 0 });
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    expect(group.keys(2).log).toBe('a b c');
  });
});

describe('state transfer to a later view, VRR §5.2', () => {
  test('a replica that asked twice for slow pieces of its log fetches each later piece once', () => {
    const group = new Group(3, 'diskless', 'at once', { maxChars: 1 });
    group.fire(1, 'suspect');
    group.run({ without: [2] });
    setClientView(group, 'ann', 1);
    for (const key of ['x', 'y', 'z']) {
      group.ask('ann', key);
      group.run({ without: [2] });
    }
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.fire(2, 'resend');
    group.deliver('GETSTATE', { to: 1 });
    group.deliver('GETSTATE', { to: 0 });
    group.deliver('NEWSTATE', { from: 1 });
    expect(reasonOf(group.deliver('NEWSTATE', { from: 0 }))).toBe('answer-repeated');
    expect(group.find('GETSTATE')).toMatchObject([{ message: { opNumber: 1 } }]);
    group.run();
    expect(group.keys(2).log).toBe('x y z');
  });

  test('a replica that fetches a later view from a backup enters it, and executes what its primary then says', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.run({ without: [0] });
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    group.lose();
    group.fire(0, 'resend');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1 });
    expect(group.replica(2).commitNumber).toBe(1);
    expect(group.keys(0)).toEqual({ log: 'x', executed: '' });
    group.fire(1, 'heartbeat');
    group.run();
    expect(group.keys(0)).toEqual({ log: 'x', executed: 'x' });
  });

  test('a replica that hears of a later view asks for what follows its commit-number, for the rest may be wrong', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(group.find('GETSTATE')).toMatchObject([{ from: 0, message: { viewNumber: 1, opNumber: 0 } }]);
  });

  test('a primary that hears of a later view stops acting as primary and becomes a backup', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(group.armed(0)).toEqual(['resend', 'suspect']);
    group.retry('old');
    expect(reasonOf(group.deliver('REQUEST', { from: 'old', to: 0 }))).toBe('status-not-normal');
    group.lose('REQUEST');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
    expect(group.keys(0)).toEqual({ log: 'x', executed: 'x' });
    expect(group.armed(0)).toEqual(['suspect']);
  });

  test('a request that is lost with the old view is ordered anew when its client sends it again', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.run();
    group.retry('old');
    group.run();
    expect(group.keys(1).executed).toBe('x old');
    expect(group.answers).toEqual([1, 1]);
  });

  test('a replica drops a NEWSTATE of a later view that begins after its executed entries', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(reasonOf(inject(group, newState(group, 1, 0, 1)))).toBe('answer-leaves-gap');
    expect([group.replica(0).status, group.keys(0).log]).toEqual(['state-transfer', 'old']);
    group.run();
    expect(group.keys(0)).toEqual({ log: 'x', executed: 'x' });
  });

  test('a replica drops a NEWSTATE of a later view that ends before its executed entries', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(1, 'suspect');
    group.run({ without: [0] });
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    const empty = newState(group, 1, 0, 0, 0);
    expect(inject(group, empty)).toEqual([{ type: 'dropped', reason: 'answer-ends-before-commit' }]);
    expect(group.keys(0)).toEqual({ log: 'x', executed: 'x' });
  });

  test('a STARTVIEW of the later view completes the state transfer', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(group.replica(0).status).toBe('state-transfer');
    group.deliver('STARTVIEW', { to: 0 });
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1 });
    expect(group.armed(0).includes('resend')).toBe(false);
  });

  test('a late STARTVIEWCHANGE for the view that a replica fetches does not start that view change again', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    const call = { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 2, callers: 0 } as const;
    expect(reasonOf(inject(group, { from: 2, to: 0, message: call }))).toBe('later-view-started');
  });

  test('a replica whose state transfer gets no answer calls for the view after the one that it fetches', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    group.lose();
    group.fire(0, 'suspect');
    expect(group.replica(0)).toMatchObject({ status: 'view-change', viewNumber: 2, lastNormalView: 0 });
  });
});

describe('a defect of state transfer, repaired', () => {
  test('log, view and last normal view stay as they are until the log of the later view has arrived', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(group.replica(0)).toMatchObject({ status: 'state-transfer', viewNumber: 0, lastNormalView: 0 });
    expect(group.keys(0).log).toBe('old');
  });

  test('a view change that overtakes a state transfer gets the old vote, and loses no answered request', () => {
    const group = groupThatMovedOn();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    group.lose();
    group.crash(1);
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 0 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 2 });
    // In the paper this vote is empty and says last normal view 1: it could win against the log that holds `x`.
    expect(group.find('DOVIEWCHANGE')).toMatchObject([
      { from: 0, message: { lastNormalView: 0, opNumber: 1 } },
    ]);
    group.run();
    group.fire(2, 'heartbeat');
    group.run();
    expect(group.keys(0)).toEqual({ log: 'x', executed: 'x' });
    expect(group.keys(2)).toEqual({ log: 'x', executed: 'x' });
  });

  test('a replica in state transfer drops the STARTVIEW of the view that it leaves', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.deliver('STARTVIEWCHANGE', { to: 0 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    const late = group.hold('STARTVIEW', { to: 0 });
    group.lose();
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 1 });
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
    group.deliver('DOVIEWCHANGE', { from: 1 });
    group.lose();
    group.fire(2, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(group.replica(0)).toMatchObject({ status: 'state-transfer', viewNumber: 1, lastNormalView: 0 });
    expect(late.map((packet) => reasonOf(group.arrive(packet)))).toEqual(['view-already-started']);
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 2 });
  });
});

/** A NEWSTATE from one replica to another, of the sender's entries after entry `after`, and up to entry `opNumber`. */
function newState(
  group: Group,
  from: number,
  to: number,
  after: number,
  opNumber?: number,
): AddressedMessage {
  const { viewNumber, log, commitNumber } = group.replica(from);
  const part = log.prefix(opNumber ?? log.length);
  const message = {
    type: 'NEWSTATE',
    viewNumber,
    suffix: part.suffix(after),
    opNumber: part.length,
    replicaNumber: from,
  } as const;
  return { from, to, message: { ...message, commitNumber: Math.min(commitNumber, part.length) } };
}
