import { describe, expect, test } from 'vitest';
import { configure, createReplica, Log, ledgerService, step, type Timer } from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { commitOf } from '../commit.ts';
import { Group, reasonOf } from './group.ts';
import { fireLate, inject, setClientView } from './tamper.ts';

function armed(group: Group, number: number): readonly Timer[] {
  return group.armed(number);
}

describe('the timers of a primary, VRR §4.1', () => {
  test('a primary with a pending request has all its timers armed', () => {
    for (const syncs of ['at once', 'by hand'] as const) {
      const group = new Group(3, 'durable', syncs);
      group.ask('ann', 'x');
      group.deliver('REQUEST');
      expect(armed(group, 0)).toEqual(['heartbeat', 'resend', 'suspect']);
      group.fire(0, 'resend');
      expect(armed(group, 0)).toEqual(['heartbeat', 'resend', 'suspect']);
    }
  });

  test('a PREPARE postpones the heartbeat of its primary', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    expect(group.deliver('REQUEST')).toContainEqual({ type: 'timer', timer: 'heartbeat', delay: 1 });
  });

  test('a later request does not postpone the repetition of an earlier PREPARE', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.fire(0, 'resend');
    group.ask('bob', 'y');
    expect(group.deliver('REQUEST')).not.toContainEqual(expect.objectContaining({ timer: 'resend' }));
    expect(group.delay(0, 'resend')).toBe(4);
  });

  test('a primary that commits some of its entries waits anew for the rest, with the first interval', () => {
    const group = new Group(5);
    group.ask('ann', 'x');
    group.ask('bob', 'y');
    group.deliver('REQUEST');
    group.deliver('REQUEST');
    group.fire(0, 'resend');
    const second = group
      .find('PREPARE')
      .filter(({ message }) => 'opNumber' in message && message.opNumber > 1);
    for (const packet of second) group.drop(packet);
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.delay(0, 'resend')).toBe(4);
    group.deliver('PREPARE', { to: 2 });
    group.deliver('PREPAREOK', { from: 2 });
    expect(group.keys(0)).toEqual({ log: 'x y', executed: 'x' });
    expect(group.delay(0, 'resend')).toBe(2);
  });

  test('a primary repeats a PREPARE only to the backups that have not acknowledged it', () => {
    const group = new Group(5);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.lose();
    group.fire(0, 'resend');
    expect(group.find('PREPARE').map(({ to }) => to)).toEqual([2, 3, 4]);
  });

  test('a primary sends repeated PREPAREs and COMMITs without waiting for its disk', () => {
    const group = new Group(3, 'durable', 'by hand');
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.lose();
    group.fire(0, 'resend');
    expect(group.find('PREPARE')).toHaveLength(2);
    group.fire(0, 'heartbeat');
    expect(group.find('COMMIT')).toHaveLength(2);
  });

  test('a replica alone in its group arms no timer and executes what is durable', () => {
    const group = new Group(1);
    group.ask('ann', 'x');
    group.run();
    expect(armed(group, 0)).toEqual([]);

    const alone = createReplica(configure(1, 'durable', ledgerService, asInVrr), 0);
    for (const clientId of ['ann/0', 'bob/0']) {
      const message = { type: 'REQUEST', operation: 'a', clientId, session: 0, requestNumber: 1 } as const;
      step(alone, { type: 'message', message });
    }
    const outputs = step(alone, { type: 'durable', write: 1 });
    expect(outputs.map(({ type }) => type)).toEqual(['executed', 'reply']);
  });
});

describe('the timers of a backup, VRR §4.1', () => {
  test('a backup that holds all committed entries asks for nothing after a COMMIT', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    for (let times = 0; times < 2; times++) {
      group.fire(0, 'heartbeat');
      group.deliver('COMMIT', { to: 1 });
      expect(group.find('GETSTATE')).toEqual([]);
    }
    expect(group.keys(1).executed).toBe('x');
  });

  test('a PREPARE and a COMMIT of its view restart the suspect timer of a backup', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.fire(0, 'heartbeat');
    const anew = { type: 'timer', timer: 'suspect', delay: 6 };
    expect(group.deliver('PREPARE', { to: 1 })).toContainEqual(anew);
    expect(group.deliver('COMMIT', { to: 1 })).toContainEqual(anew);
  });
});

describe('late messages and timers, VRR §4.1', () => {
  test('a primary ignores an acknowledgement of an earlier view', () => {
    const group = new Group(5);
    group.ask('ann', 'lost');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    const [late] = group.hold('PREPAREOK');
    group.lose();
    // Replicas 2 to 4 go on without the entry, and in view 5 replica 0 is primary again, of their log.
    for (let view = 1; view <= 2; view++) group.fire(2, 'suspect');
    group.run({ without: [0, 1] });
    for (let view = 3; view <= 5; view++) group.fire(3, 'suspect');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 5 });
    setClientView(group, 'bob', 5);
    group.ask('bob', 'new');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 2 });
    group.deliver('PREPAREOK', { from: 2 });
    expect(group.keys(0)).toEqual({ log: 'new', executed: '' });
    // Replica 1 acknowledged an entry of this number, but not this entry: two of five hold it.
    expect(reasonOf(group.arrive(late))).toBe('acknowledgement-of-another-view');
    expect(group.keys(0).executed).toBe('');
  });

  test('a primary that has heard of a later view takes no more acknowledgements for its own', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 2 });
    const [late] = group.hold('PREPAREOK');
    group.fire(1, 'suspect');
    group.run({ without: [0] });
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    expect(reasonOf(group.arrive(late))).toBe('status-not-normal');
    expect(group.keys(0)).toEqual({ log: 'x', executed: '' });
    expect(armed(group, 0)).toContain('resend');
  });

  test('a replica in a view change drops a COMMIT of that view', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    const message = commitOf(Log.empty, 0, 1);
    expect(reasonOf(inject(group, { from: 1, to: 2, message }))).toBe('status-not-normal');
    expect(group.replica(2).status).toBe('view-change');
  });

  test('the primary of a view that has not started sends no heartbeat', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.lose();
    expect(reasonOf(fireLate(group, 1, 'heartbeat'))).toBe('not-the-primary');
    expect(group.inFlight).toEqual([]);
  });
});

describe('the timers in a view that has just started with everything committed, VRR §4.2', () => {
  test('a view that starts with everything committed needs no acknowledgement, and its primary resends nothing', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(0, 'heartbeat');
    group.run();
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    group.deliver('STARTVIEW', { to: 2 });
    expect(group.find('PREPAREOK')).toEqual([]);
    group.run();
    expect([0, 1, 2].map((number) => armed(group, number))).toEqual([
      ['suspect'],
      ['heartbeat', 'suspect'],
      ['suspect'],
    ]);
  });
});

describe('the timers in a view that has just started without entries, VRR §4.2', () => {
  test('the primary of a view without entries resends nothing', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.run();
    expect([0, 1, 2].map((number) => armed(group, number))).toEqual([
      ['suspect'],
      ['heartbeat', 'suspect'],
      ['suspect'],
    ]);
  });
});

describe('replies without a repeated request, VRR §4.1', () => {
  test('the primary alone replies to a request, although backups execute it too', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 1 });
    group.deliver('COMMIT', { to: 2 });
    expect([group.keys(1).executed, group.keys(2).executed]).toEqual(['x', 'x']);
    expect(group.find('REPLY')).toEqual([]);
  });

  test('a replica sends no reply for a request that it executes again after a crash', () => {
    const group = new Group(3, 'durable');
    group.ask('ann', 'x');
    group.run();
    group.ask('ann', 'y');
    group.run();
    group.crash(0);
    group.restart(0);
    expect(group.keys(0).executed).toBe('x');
    expect(group.find('REPLY')).toEqual([]);
  });
});
