import { describe, expect, test } from 'vitest';
import { configure, createReplica, ledgerService, step, type Timer } from '../../impl/index.ts';
import { asInVrr, Group, reasonOf } from './group.ts';
import { fireLate, inject, setClientView } from './tamper.ts';

function armed(group: Group, number: number): readonly Timer[] {
  return group.armed(number);
}

describe('what a primary waits for, VRR §4.1', () => {
  test('with a request under way it repeats PREPAREs and shows that it lives, and waits for no primary', () => {
    for (const syncs of ['at once', 'by hand'] as const) {
      const group = new Group(3, 'durable', syncs);
      group.ask('ann', 'x');
      group.deliver('REQUEST');
      expect(armed(group, 0)).toEqual(['heartbeat', 'resend']);
      group.fire(0, 'resend');
      expect(armed(group, 0)).toEqual(['heartbeat', 'resend']);
    }
  });

  test('a PREPARE shows that it lives as well as a COMMIT, which is put off', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    expect(group.deliver('REQUEST')).toContainEqual({ type: 'timer', timer: 'heartbeat', delay: 1 });
  });

  test('later requests do not put off the repetition of the first', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.fire(0, 'resend');
    group.ask('bob', 'y');
    expect(group.deliver('REQUEST')).not.toContainEqual(expect.objectContaining({ timer: 'resend' }));
    expect(group.delay(0, 'resend')).toBe(4);
  });

  test('when some of it is committed, the rest is waited for anew, and not longer for what was in vain before', () => {
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

  test('a PREPARE is repeated to whoever has not acknowledged it, and to nobody else', () => {
    const group = new Group(5);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.lose();
    group.fire(0, 'resend');
    expect(group.find('PREPARE').map(({ to }) => to)).toEqual([2, 3, 4]);
  });

  test('neither a repeated PREPARE nor a COMMIT waits for its disk', () => {
    const group = new Group(3, 'durable', 'by hand');
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.lose();
    group.fire(0, 'resend');
    expect(group.find('PREPARE')).toHaveLength(2);
    group.fire(0, 'heartbeat');
    expect(group.find('COMMIT')).toHaveLength(2);
  });

  test('a group of one waits for nobody', () => {
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

describe('what a backup waits for, VRR §4.1', () => {
  test('a COMMIT that tells of nothing that it lacks makes it ask for nothing', () => {
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

  test('whatever its primary says in its view starts the wait anew', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.fire(0, 'heartbeat');
    const anew = { type: 'timer', timer: 'suspect', delay: 6 };
    expect(group.deliver('PREPARE', { to: 1 })).toContainEqual(anew);
    expect(group.deliver('COMMIT', { to: 1 })).toContainEqual(anew);
  });
});

describe('what comes late, VRR §4.1', () => {
  test('an acknowledgement of an earlier view says nothing about the log of a later one', () => {
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

  test('a primary that has heard of a later view takes no acknowledgement of its own any more', () => {
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

  test('what the primary of a view says before a replica has taken that view up is dropped', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    const message = { type: 'COMMIT', viewNumber: 1, commitNumber: 0 } as const;
    expect(reasonOf(inject(group, { from: 1, to: 2, message }))).toBe('status-not-normal');
    expect(group.replica(2).status).toBe('view-change');
  });

  test('whoever is to be primary sends no heartbeat before its view has started', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.lose();
    expect(reasonOf(fireLate(group, 1, 'heartbeat'))).toBe('not-the-primary');
    expect(group.inFlight).toEqual([]);
  });
});

describe('what is waited for when a view has started, VRR §4.2', () => {
  test('with everything committed its primary only has to show that it lives, and nobody acknowledges anything', () => {
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
      ['heartbeat'],
      ['suspect'],
    ]);
  });
});

describe('when a view has started in which there is nothing yet, VRR §4.2', () => {
  test('its primary repeats nothing', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.run();
    expect([0, 1, 2].map((number) => armed(group, number))).toEqual([
      ['suspect'],
      ['heartbeat'],
      ['suspect'],
    ]);
  });
});

describe('who answers a client unasked, VRR §4.1', () => {
  test('the primary alone, though the others execute the request too', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 1 });
    group.deliver('COMMIT', { to: 2 });
    expect([group.keys(1).executed, group.keys(2).executed]).toEqual(['x', 'x']);
    expect(group.find('REPLY')).toEqual([]);
  });

  test('nobody for what it executes a second time, after a crash', () => {
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
