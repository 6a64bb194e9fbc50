import { describe, expect, test } from 'vitest';
import { Log } from '../../impl/index.ts';
import { commitOf } from '../commit.ts';
import { type AddressedMessage, Group, reasonOf } from './group.ts';
import { inject } from './tamper.ts';

function commit(viewNumber: number, from: number, to: number): AddressedMessage {
  return { from, to, message: commitOf(Log.empty, 0, viewNumber) };
}

describe('GETSTATE, VRR §5.2', () => {
  test('a replica asks within its view for what follows its op-number, even if not all before is committed', () => {
    const group = new Group(3, 'diskless', 'at once', { pipeline: 3 });
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 2 });
    group.ask('bob', 'y');
    group.deliver('REQUEST');
    group.lose('PREPARE', { to: 2 });
    group.ask('eve', 'z');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 2 });
    expect(group.keys(2)).toEqual({ log: 'x', executed: '' });
    expect(group.find('GETSTATE')).toMatchObject([{ message: { opNumber: 1 } }]);
  });

  test('a replica without an answer asks the others in turn, never itself, at growing intervals', () => {
    const group = new Group(3);
    group.fire(0, 'heartbeat');
    group.lose();
    inject(group, commit(4, 1, 2));
    expect(group.find('GETSTATE').map(({ to }) => to)).toEqual([1]);
    const asked = [1, 2, 3, 4].map(() => {
      group.lose();
      group.fire(2, 'resend');
      return [group.find('GETSTATE').map(({ to }) => to), group.delay(2, 'resend')];
    });
    expect(asked).toEqual([
      [[0], 4],
      [[1], 8],
      [[0], 16],
      [[1], 32],
    ]);
  });

  test('a replica asks once for a view that it hears of twice, and restarts its suspect timer', () => {
    const group = new Group(3);
    expect(inject(group, commit(1, 1, 0)).map(({ type }) => type)).toContain('send');
    const again = inject(group, commit(1, 1, 0));
    expect(again).toEqual([
      { type: 'timer', timer: 'suspect', delay: 6 },
      {
        type: 'send',
        to: 1,
        message: { type: 'COMMITOK', viewNumber: 1, replicaNumber: 0, clock: 0, checkpoint: null },
      },
    ]);
    expect(group.find('GETSTATE')).toHaveLength(1);
  });

  test('a replica asks once for a view whose STARTVIEW arrives twice, and restarts its suspect timer', () => {
    const group = new Group(3, 'diskless', 'at once', { maxChars: 1 });
    for (const key of 'xy') {
      group.ask('ann', key);
      group.run({ without: [2] });
    }
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 0 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 0 });
    const copy = group.duplicate('STARTVIEW', { to: 2 });
    group.deliver('STARTVIEW', { to: 2 });
    expect(group.replica(2)).toMatchObject({ status: 'state-transfer', viewNumber: 0 });
    expect(group.arrive(copy)).toEqual([
      { type: 'timer', timer: 'suspect', delay: 6 },
      { type: 'dropped', reason: 'already-fetching-view' },
    ]);
    expect(group.find('GETSTATE')).toHaveLength(1);
  });

  test('a replica asks for a still later view instead, and for no earlier one', () => {
    const group = new Group(3);
    inject(group, commit(1, 1, 0));
    inject(group, commit(5, 2, 0));
    expect(group.find('GETSTATE').map(({ message }) => message)).toMatchObject([
      { viewNumber: 1 },
      { viewNumber: 5 },
    ]);
    const late = inject(group, commit(4, 1, 0));
    expect(late).toEqual([{ type: 'dropped', reason: 'already-fetching-later-view' }]);
    expect(group.find('GETSTATE')).toHaveLength(2);
  });

  test('failed view changes lengthen the timeout for a view that has started, until it makes progress', () => {
    const group = new Group(3);
    for (let times = 0; times < 3; times++) group.fire(2, 'suspect');
    expect(group.delay(2, 'suspect')).toBe(24);
    inject(group, commit(4, 1, 2));
    expect(group.delay(2, 'suspect')).toBe(48);
    const suffix = Log.empty.suffix(0);
    const message = {
      type: 'NEWSTATE',
      viewNumber: 4,
      suffix,
      opNumber: 0,
      commitNumber: 0,
      replicaNumber: 1,
    } as const;
    inject(group, { from: 1, to: 2, message });
    inject(group, commit(4, 1, 2));
    inject(group, commit(4, 1, 2));
    expect(group.delay(2, 'suspect')).toBe(6);
  });
});

describe('answers to GETSTATE, VRR §5.2', () => {
  const getState = { type: 'GETSTATE', viewNumber: 1, opNumber: 0, replicaNumber: 0 } as const;
  const reason = 'log-of-another-view';

  test('a replica in the view change to the wanted view does not answer GETSTATE, because its log is older', () => {
    const group = new Group(3);
    group.ask('ann', 'old');
    group.run();
    group.fire(2, 'suspect');
    group.lose();
    expect(group.replica(2)).toMatchObject({ status: 'view-change', viewNumber: 1 });
    expect(reasonOf(inject(group, { from: 0, to: 2, message: getState }))).toBe(reason);
    expect(group.inFlight).toEqual([]);
  });

  test('a replica in an earlier or a later view does not answer GETSTATE', () => {
    const group = new Group(3);
    expect(reasonOf(inject(group, { from: 0, to: 2, message: getState }))).toBe(reason);
    group.fire(1, 'suspect');
    group.fire(1, 'suspect');
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect(reasonOf(inject(group, { from: 0, to: 2, message: getState }))).toBe(reason);
  });

  test('a replica that holds less than the asking one does not answer GETSTATE', () => {
    const group = new Group(3);
    const message = { ...getState, viewNumber: 0, opNumber: 1 };
    expect(reasonOf(inject(group, { from: 1, to: 2, message }))).toBe('log-too-short');
  });
});

describe('an answer that was overtaken, VRR §5.2', () => {
  test('a NEWSTATE without new entries is acknowledged, and nothing is written', () => {
    const group = new Group(3, 'durable');
    for (const name of ['ann', 'bob']) {
      group.ask(name, name);
      group.deliver('REQUEST');
    }
    const prepares = group.hold('PREPARE', { to: 2 });
    for (const packet of prepares.toReversed()) group.arrive(packet);
    group.deliver('GETSTATE');
    const last = prepares.at(-1);
    if (last !== undefined) inject(group, last);
    expect(group.keys(2).log).toBe('ann bob');
    group.lose('PREPAREOK');
    const outputs = group.deliver('NEWSTATE');
    expect(outputs.map(({ type }) => type)).not.toContain('write');
    expect(group.find('PREPAREOK', { from: 2 })).toMatchObject([{ message: { opNumber: 2 } }]);
  });
});
