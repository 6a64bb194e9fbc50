import { describe, expect, test } from 'vitest';
import type { ConfigurationOptions, StorageMode } from '../../impl/index.ts';
import { commitOf } from '../commit.ts';
import { type AddressedMessage, Group } from './group.ts';
import { fireLate, inject, setClientView } from './tamper.ts';

/** Three replicas, whose primary has received a request of each of these clients, in this order. */
function asked(names: string, limits: ConfigurationOptions, mode: StorageMode = 'diskless'): Group {
  const group = new Group(3, mode, 'at once', limits);
  askMore(group, names);
  return group;
}

function askMore(group: Group, names: string): void {
  for (const name of names) {
    group.ask(name, name);
    group.deliver('REQUEST');
  }
}

/** The keys that the PREPAREs to this replica carry, oldest first. */
function carried(group: Group, to: number): readonly string[] {
  return group.find('PREPARE', { to }).map(keysIn);
}

function keysIn({ message }: AddressedMessage): string {
  if (message.type !== 'PREPARE') return message.type;
  const { suffix } = message;
  return suffix
    .entriesAfter(suffix.after)
    .map(({ operation }) => Object(operation).key)
    .join(' ');
}

describe('requests that come while others are being committed, VRR §6.2', () => {
  test('requests wait while the pipeline is full, and then share one PREPARE', () => {
    const group = asked('abcde', { pipeline: 2 });
    expect(carried(group, 1)).toEqual(['a', 'b']);
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.keys(0)).toEqual({ log: 'a b c d e', executed: 'a' });
    expect(carried(group, 1)).toEqual(['b', 'c d e']);
    askMore(group, 'f');
    expect(carried(group, 1)).toEqual(['b', 'c d e']);
  });

  test('a backup appends a batch and acknowledges it at once', () => {
    const group = asked('abc', { pipeline: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.deliver('PREPARE', { to: 1 });
    expect(group.keys(1)).toEqual({ log: 'a b c', executed: 'a' });
    expect(group.find('PREPAREOK', { from: 1 })).toMatchObject([{ message: { opNumber: 3 } }]);
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.keys(0).executed).toBe('a b c');
  });

  test('a backup writes a batch in one write', () => {
    const group = asked('abc', { pipeline: 1 }, 'durable');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    const outputs = group.deliver('PREPARE', { to: 1 });
    expect(outputs.filter(({ type }) => type === 'write')).toHaveLength(1);
    expect(group.disk(1).image.log.length).toBe(3);
  });

  test('each request of a batch is answered, and answered again when it is repeated', () => {
    const group = asked('abc', { pipeline: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.find('REPLY').map(({ to }) => to)).toEqual(['a', 'b', 'c']);
    group.lose('REPLY');
    group.retry('b');
    const outputs = group.deliver('REQUEST', { from: 'b', to: 0 });
    expect(outputs).toMatchObject([{ type: 'reply', message: { clientId: 'b/0', result: 1 } }]);
  });

  test('a request that is repeated while it waits is ordered once', () => {
    const group = asked('ab', { pipeline: 1 });
    group.retry('b');
    const outputs = group.deliver('REQUEST', { from: 'b', to: 0 });
    expect(outputs).toEqual([{ type: 'dropped', reason: 'request-in-progress' }]);
    expect(group.keys(0).log).toBe('a b');
  });

  test('waiting requests take several PREPAREs if maxChars allows no single one', () => {
    const group = asked('abc', { pipeline: 1, maxChars: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    expect(carried(group, 2)).toEqual(['a', 'b']);
    group.lose();
    const wider = asked('abcd', { pipeline: 3, maxChars: 1 });
    expect(carried(wider, 2)).toEqual(['a', 'b', 'c']);
  });

  test('waiting requests fill every free place of the pipeline', () => {
    const group = asked('abcdef', { pipeline: 2, maxChars: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPARE', { to: 1 });
    const [, second] = group.hold('PREPAREOK');
    group.arrive(second);
    expect(carried(group, 1)).toEqual(['c', 'd']);
  });

  test('a primary alone in its group executes requests as soon as they are durable', () => {
    const group = new Group(1, 'durable', 'by hand', { pipeline: 1 });
    askMore(group, 'ab');
    group.sync(0);
    expect(group.keys(0).executed).toBe('a b');
    askMore(group, 'c');
    group.sync(0);
    expect(group.keys(0).executed).toBe('a b c');
  });
});

describe('a batch of which a backup holds some entries, VRR §6.2', () => {
  test('a backup appends only the entries of a batch that it lacks', () => {
    const group = asked('abc', { pipeline: 1 });
    const first = group.hold('PREPARE', { to: 2 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    for (const _ of [1, 2]) group.duplicate('PREPARE', { to: 2 });
    const [batch] = group.hold('PREPARE', { to: 2 });
    expect(batch && keysIn(batch)).toBe('b c');
    group.arrive(batch);
    expect(group.keys(2).log).toBe('');
    for (const packet of first) group.arrive(packet);
    group.arrive(batch);
    expect(group.keys(2).log).toBe('a b c');
    group.arrive(batch);
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a backup that has fetched the beginning of a batch takes the rest from the batch', () => {
    const group = asked('ab', { pipeline: 1 });
    const lost = group.hold('PREPARE', { to: 2 });
    inject(group, { from: 0, to: 2, message: commitOf(group.replica(0).log, 1) });
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    expect(group.keys(2).log).toBe('a b');
    askMore(group, 'c');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    expect(carried(group, 2)).toEqual(['b c']);
    group.deliver('PREPARE', { to: 2 });
    expect(group.keys(2).log).toBe('a b c');
    expect(lost).toHaveLength(1);
  });

  test('a batch carries no entry that was committed before it was sent', () => {
    const group = asked('abc', { pipeline: 1 });
    group.lose('PREPARE');
    inject(group, { from: 0, to: 2, message: commitOf(group.replica(0).log, 1) });
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    group.deliver('PREPAREOK', { from: 2 });
    expect(group.keys(0).executed).toBe('a b c');
    expect(group.find('PREPARE')).toEqual([]);
    expect(group.armed(0).includes('resend')).toBe(false);
    askMore(group, 'd');
    expect(carried(group, 1)).toEqual(['d']);
  });
});

describe('outstanding PREPAREs, VRR §6.2', () => {
  test('a primary repeats the last outstanding PREPARE, and waiting requests go on waiting', () => {
    const group = asked('abcd', { pipeline: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    askMore(group, 'e');
    group.lose();
    group.fire(0, 'resend');
    expect(carried(group, 1)).toEqual(['d']);
    group.run();
    expect(group.keys(0).executed).toBe('a b c d e');
    expect(group.answers).toHaveLength(4);
  });

  test('the log of STARTVIEW counts as the first outstanding PREPARE of a new primary', () => {
    const group = asked('abc', { pipeline: 1 });
    group.lose();
    inject(group, { from: 0, to: 1, message: commitOf(group.replica(0).log, 1) });
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    group.lose();
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    expect(group.replica(1)).toMatchObject({ status: 'normal', commitNumber: 0, prepares: [3] });
    setClientView(group, 'd', 1);
    askMore(group, 'd');
    expect(group.find('PREPARE')).toEqual([]);
    group.run({ without: [0] });
    expect(group.keys(1).executed).toBe('a b c d');
    expect(group.replica(1).prepares).toEqual([]);
  });

  test('a primary alone in its group has nothing to repeat when its resend timer fires late', () => {
    const group = new Group(1, 'durable', 'by hand');
    askMore(group, 'a');
    expect(fireLate(group, 0, 'resend')).toEqual([{ type: 'dropped', reason: 'everything-committed' }]);
  });
});
