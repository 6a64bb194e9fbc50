import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { inject } from './tamper.ts';

/** A group whose replicas 1 and 2 have moved to view 1, without replica 0. */
function withoutItsPrimary(group = new Group(3)): Group {
  group.fire(1, 'suspect');
  group.run({ without: [0] });
  return group;
}

describe('a view change, VRR §4.2', () => {
  test('a backup that has heard nothing from the primary for too long calls for the next view', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    expect(group.replica(1)).toMatchObject({ status: 'view-change', viewNumber: 1, lastNormalView: 0 });
    expect(group.find('STARTVIEWCHANGE').map(({ to }) => to)).toEqual([0, 2]);
  });

  test('a primary that hears a quorum keeps its view, however often it checks', () => {
    const group = withoutItsPrimary();
    for (let times = 0; times < 3; times++) {
      group.fire(1, 'heartbeat');
      group.deliver('COMMIT', { to: 2 });
      group.deliver('COMMITOK', { to: 1 });
      group.lose('COMMIT');
      group.fire(1, 'suspect');
      expect(group.replica(1)).toMatchObject({ status: 'normal', viewNumber: 1 });
    }
  });

  test('a primary that hears no quorum between two checks calls for the next view', () => {
    const group = withoutItsPrimary();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('COMMITOK', { to: 1 });
    group.fire(1, 'suspect');
    group.lose();
    group.fire(1, 'suspect');
    expect(group.replica(1)).toMatchObject({ status: 'view-change', viewNumber: 2, lastNormalView: 1 });
  });

  test('a replica relays the calls that it has heard, and they count', () => {
    const group = new Group(5);
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 3 });
    // Replica 3 has heard replica 2 alone, which named replica 1.
    expect(group.find('DOVIEWCHANGE', { from: 3 })).toHaveLength(1);
    expect(group.find('STARTVIEWCHANGE', { from: 3, to: 4 })).toMatchObject([
      { message: { callers: 0b110 } },
    ]);
  });

  test('a replica that hears of a later view joins the view change', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    expect(group.replica(2)).toMatchObject({ status: 'view-change', viewNumber: 1 });
    expect(group.find('STARTVIEWCHANGE', { from: 2 }).map(({ to }) => to)).toEqual([0, 1]);
  });

  test('a replica with STARTVIEWCHANGEs from f others sends its log to the new primary', () => {
    const group = new Group(5);
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 3 });
    expect(group.find('DOVIEWCHANGE')).toEqual([]);
    group.deliver('STARTVIEWCHANGE', { to: 4 });
    group.deliver('STARTVIEWCHANGE', { from: 4, to: 3 });
    expect(group.find('DOVIEWCHANGE')).toMatchObject([{ from: 3, to: 1, message: { viewNumber: 1 } }]);
  });

  test('the new primary starts the view with f + 1 votes, its own among them', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 1 });
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
    group.deliver('DOVIEWCHANGE');
    expect(group.replica(1)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
    expect(group.find('STARTVIEW').map(({ to }) => to)).toEqual([0, 2]);
    group.deliver('STARTVIEW', { to: 2 });
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
  });

  test('a committed request is in the new view, and is executed and answered there', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    expect(group.keys(1)).toEqual({ log: 'x', executed: '' });
    withoutItsPrimary(group);
    expect(group.keys(1)).toEqual({ log: 'x', executed: 'x' });
    group.ask('bob', { type: 'get', key: 'x' });
    group.retry('bob');
    group.run({ without: [0] });
    expect(group.answers).toEqual([1, 1]);
  });

  test('a prepared request survives if a voter holds it, and commits in the new view', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 2 });
    group.lose();
    withoutItsPrimary(group);
    expect([group.keys(1), group.answers]).toEqual([{ log: 'x', executed: 'x' }, [1]]);
  });

  test('a prepared request that no voter holds may be lost: the client sends it again, and it is ordered anew', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.lose();
    withoutItsPrimary(group);
    expect([group.keys(0).log, group.keys(1).log]).toEqual(['x', '']);

    // Replica 0 learns that its view is over, and with its log's end goes its line in the client-table.
    group.fire(1, 'heartbeat');
    group.run();
    expect(group.keys(0).log).toBe('');
    group.fire(2, 'suspect');
    group.run();
    group.fire(0, 'suspect');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 3 });
    group.retry('ann');
    group.run();
    expect([group.keys(0), group.answers]).toEqual([{ log: 'x', executed: 'x' }, [1]]);
  });

  test('the vote with the latest normal view wins, even if its log is shorter', () => {
    const group = new Group(3);
    group.ask('ann', 'lost');
    group.ask('eve', 'gone');
    group.run({ without: [1, 2] });
    withoutItsPrimary(group);
    group.ask('bob', 'kept');
    group.lose();
    group.retry('bob');
    group.run({ without: [0] });
    expect([group.keys(0).log, group.keys(2).log]).toEqual(['lost gone', 'kept']);

    group.fire(2, 'suspect');
    group.run({ without: [1] });
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect([group.keys(0).log, group.keys(2).executed]).toEqual(['kept', 'kept']);
  });

  test('the longest log wins among votes of one normal view', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.ask('bob', 'y');
    group.run({ without: [1] });
    withoutItsPrimary(group);
    expect(group.keys(1)).toEqual({ log: 'x y', executed: 'x y' });
  });

  test('a replica that is normal in a view takes no second STARTVIEW, which could erase what it acknowledged', () => {
    const group = withoutItsPrimary();
    const late = { from: 1, to: 2, message: startView(group) };
    group.ask('ann', 'x');
    group.lose();
    group.retry('ann');
    group.run({ without: [0] });
    expect(reasonOf(inject(group, late))).toBe('view-already-started');
    expect(group.keys(2).log).toBe('x');
  });

  test('a deposed primary becomes a backup as soon as it hears of the new view', () => {
    const group = withoutItsPrimary();
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(group.replica(0).status).toBe('state-transfer');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
    expect(group.armed(0).includes('heartbeat')).toBe(false);
  });
});

describe('view changes where VRR §4.2 leaves them open', () => {
  test('the primary of a started view answers a late STARTVIEWCHANGE with STARTVIEW', () => {
    const group = new Group(3);
    group.fire(0, 'heartbeat');
    group.lose();
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 1 });
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
    group.deliver('DOVIEWCHANGE');
    group.lose();
    expect(group.replica(2).status).toBe('view-change');

    group.fire(2, 'resend');
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    expect(group.replica(1).status).toBe('normal');
    group.deliver('STARTVIEW', { to: 2 });
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1 });
  });

  test('a backup that is normal in the view does not enter its view change again', () => {
    const group = withoutItsPrimary();
    const message = { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 0, callers: 0 } as const;
    expect(reasonOf(inject(group, { from: 0, to: 2, message }))).toBe('view-change-is-over');
    expect(group.replica(2).status).toBe('normal');
  });

  test('a replica repeats a stalled view change, and gives it up for the next view after growing timeouts', () => {
    const group = new Group(3);
    const waits = [1, 2, 3].map(() => {
      group.fire(2, 'suspect');
      return group.delay(2, 'suspect');
    });
    expect(waits).toEqual([6, 12, 24]);
    expect(group.replica(2).viewNumber).toBe(3);
    group.lose();
    group.fire(2, 'resend');
    group.run();
    expect([0, 1, 2].map((number) => group.replica(number).status)).toEqual(['normal', 'normal', 'normal']);
    expect([0, 1, 2].map((number) => group.replica(number).viewNumber)).toEqual([3, 3, 3]);
  });

  test('a backup keeps the longer timeout until the new view has committed something', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    for (const to of [1, 2]) group.deliver('PREPARE', { to });
    group.lose();
    group.fire(2, 'suspect');
    for (const type of ['STARTVIEWCHANGE', 'STARTVIEWCHANGE', 'DOVIEWCHANGE', 'STARTVIEW'] as const) {
      group.lose(type, { to: 0 });
      group.deliver(type);
    }
    expect(group.keys(2)).toEqual({ log: 'x', executed: '' });
    group.lose();
    expect([1, 2, 3].map(() => waitAfterHeartbeat(group))).toEqual([12, 12, 12]);
    group.fire(1, 'resend');
    group.deliver('PREPARE', { to: 2 });
    group.deliver('PREPAREOK');
    group.ask('bob', 'y');
    group.retry('bob');
    group.deliver('REQUEST', { to: 1 });
    group.deliver('PREPARE', { to: 2 });
    expect(group.keys(2)).toEqual({ log: 'x y', executed: 'x' });
    expect(waitAfterHeartbeat(group)).toBe(6);
  });

  test('a backup returns to the first timeout when its view has nothing left to commit', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    group.run();
    expect(group.delay(2, 'suspect')).toBe(12);
    waitAfterHeartbeat(group);
    expect(waitAfterHeartbeat(group)).toBe(6);
  });

  test('a new primary repeats the PREPARE of inherited entries until they are committed', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.lose();
    group.fire(1, 'suspect');
    for (const type of ['STARTVIEWCHANGE', 'STARTVIEWCHANGE', 'DOVIEWCHANGE', 'STARTVIEW'] as const) {
      group.lose(type, { to: 0 });
      group.deliver(type);
    }
    group.lose();
    expect(group.keys(1)).toEqual({ log: 'x', executed: '' });
    group.fire(1, 'resend');
    group.run({ without: [0] });
    expect(group.keys(1).executed).toBe('x');
  });
});

/** The suspect timeout of backup 2 after a COMMIT of the primary of view 1, in ticks. */
function waitAfterHeartbeat(group: Group) {
  group.fire(1, 'heartbeat');
  group.deliver('COMMIT', { to: 2 });
  return group.delay(2, 'suspect');
}

function startView(group: Group) {
  const { viewNumber, log, commitNumber } = group.replica(1);
  return {
    type: 'STARTVIEW',
    viewNumber,
    suffix: log.suffix(0),
    opNumber: log.length,
    commitNumber,
  } as const;
}
