import { describe, expect, test } from 'vitest';
import type { Log } from '../../impl/index.ts';
import { Group, reasonOf } from './group.ts';
import { logOf } from './logOf.ts';
import { inject, setClientView } from './tamper.ts';

/** Messages carry one entry of the log at a time. */
function groupInPieces(size = 3): Group {
  return new Group(size, 'diskless', 'at once', { maxChars: 1 });
}

/** Replica 2 missed `a`, `b` and `c`, which the others have executed. */
function laggingGroup(): Group {
  const group = groupInPieces();
  for (const name of ['a', 'b', 'c']) group.ask(name, name);
  group.run({ without: [2] });
  return group;
}

/** Replica 0 alone holds the old entries, of view 0. The others have gone on to view 1, and executed the new ones there. */
function groupThatMovedOn(old: readonly string[], later: readonly string[]): Group {
  const group = groupInPieces();
  for (const name of old) group.ask(name, name);
  group.run({ without: [1, 2] });
  group.fire(1, 'suspect');
  group.run({ without: [0] });
  for (const name of later) {
    setClientView(group, name, 1);
    group.ask(name, name);
  }
  group.run({ without: [0] });
  return group;
}

/** Replica 2 calls for view 2, of which it is the primary, and replica 1 joins it. */
function electReplica2(group: Group): void {
  group.fire(2, 'suspect');
  group.lose();
  group.fire(2, 'suspect');
  group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
  group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
}

/** Replica 2 gets this vote for view 2, which carries the last entry of the log. */
function vote(group: Group, replicaNumber: number, log: Log, lastNormalView: number): void {
  const opNumber = log.length;
  const suffix = log.suffix(Math.max(0, opNumber - 1));
  const quoted = { viewNumber: 2, suffix, lastNormalView, opNumber, commitNumber: 0 } as const;
  const message = { type: 'DOVIEWCHANGE', ...quoted, replicaNumber, generations: [] } as const;
  inject(group, { from: replicaNumber, to: 2, message });
}

/** Replica 2 gets the entry after `after` of the log of a view. */
function answer(group: Group, viewNumber: number, log: Log, after: number): void {
  const suffix = log.prefix(after + 1).suffix(after);
  const part = { suffix, opNumber: log.length, commitNumber: 0, replicaNumber: 0 } as const;
  const message = { type: 'NEWSTATE', viewNumber, ...part } as const;
  inject(group, { from: 0, to: 2, message });
}

describe('state transfer in pieces, VRR §5.2', () => {
  test('a replica appends and acknowledges each piece, and asks for the next', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    for (const log of ['a', 'a b', 'a b c']) {
      group.deliver('GETSTATE');
      group.deliver('NEWSTATE');
      expect(group.keys(2)).toEqual({ log, executed: log });
    }
    expect(group.find('PREPAREOK', { from: 2 }).map(({ message }) => message)).toMatchObject([
      { opNumber: 1 },
      { opNumber: 2 },
      { opNumber: 3 },
    ]);
    expect([group.find('GETSTATE'), group.armed(2).includes('resend')]).toEqual([[], false]);
  });

  test('a replica asks another replica for a lost piece, and keeps what it has', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    group.lose();
    group.fire(2, 'resend');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 0, opNumber: 1 } }]);
    group.run();
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a replica collects the log of a later view beside its own, which stays until all has arrived', () => {
    const group = groupThatMovedOn(['old'], ['x', 'y', 'z']);
    group.fire(1, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    for (let piece = 1; piece < 3; piece++) {
      group.deliver('GETSTATE');
      group.deliver('NEWSTATE');
      expect(group.replica(0)).toMatchObject({ status: 'state-transfer', viewNumber: 0, lastNormalView: 0 });
      expect(group.keys(0)).toEqual({ log: 'old', executed: '' });
    }
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
    expect(group.keys(0)).toEqual({ log: 'x y z', executed: 'x y z' });
  });

  test('a replica takes a piece once that comes twice', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('GETSTATE');
    const piece = group.duplicate('NEWSTATE');
    group.deliver('NEWSTATE');
    group.arrive(piece);
    expect(group.keys(2).log).toBe('a');
    group.run();
    expect(group.keys(2).log).toBe('a b c');
  });
});

describe('a view change in pieces, VRR §5.3', () => {
  test('the new primary fetches what the best vote does not carry before its view starts', () => {
    const group = laggingGroup();
    electReplica2(group);
    expect(group.find('DOVIEWCHANGE')).toMatchObject([{ message: { opNumber: 3, suffix: { after: 2 } } }]);
    group.deliver('DOVIEWCHANGE');
    for (const opNumber of [0, 1]) {
      expect(group.replica(2)).toMatchObject({ status: 'view-change', viewNumber: 2, lastNormalView: 0 });
      expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 0, opNumber } }]);
      group.deliver('GETSTATE');
      group.deliver('NEWSTATE');
    }
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2, lastNormalView: 2 });
    expect(group.keys(2).log).toBe('a b c');
    expect(group.find('STARTVIEW')).toMatchObject([
      { message: { opNumber: 3, suffix: { after: 2 } } },
      { message: { opNumber: 3, suffix: { after: 2 } } },
    ]);
  });

  test('a new primary asks for a lost piece again with its STARTVIEWCHANGEs', () => {
    const group = laggingGroup();
    electReplica2(group);
    group.deliver('DOVIEWCHANGE');
    group.lose();
    group.fire(2, 'resend');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 0, opNumber: 0 } }]);
    group.run();
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a new primary takes a better vote that comes meanwhile, and mixes nothing fetched for the other with it', () => {
    const group = groupInPieces(5);
    group.fire(2, 'suspect');
    group.fire(2, 'suspect');
    for (const from of [0, 1]) {
      const call = { type: 'STARTVIEWCHANGE', viewNumber: 2, replicaNumber: from, callers: 0 } as const;
      inject(group, { from, to: 2, message: call });
    }
    const [before, between] = [logOf('p', 'q', 'r'), logOf('x', 'y', 'z')];
    vote(group, 0, before, 0);
    vote(group, 1, logOf(), 0);
    answer(group, 0, before, 0);
    expect(group.find('GETSTATE').at(-1)).toMatchObject({ to: 0, message: { viewNumber: 0, opNumber: 1 } });
    vote(group, 3, between, 1);
    expect(group.find('GETSTATE').at(-1)).toMatchObject({ to: 3, message: { viewNumber: 1, opNumber: 0 } });
    answer(group, 1, between, 0);
    answer(group, 1, between, 1);
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect(group.keys(2).log).toBe('x y z');
  });

  test('a replica that lacks more than STARTVIEW carries fetches the rest before it enters the view', () => {
    const group = laggingGroup();
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 0 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 0, to: 1 });
    group.deliver('STARTVIEW', { to: 2 });
    expect(group.replica(2)).toMatchObject({ status: 'state-transfer', viewNumber: 0, lastNormalView: 0 });
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 1, opNumber: 0 } }]);
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a replica does not put a piece of another log onto its own unexecuted entries', () => {
    const group = groupThatMovedOn(['p', 'q'], ['x', 'y']);
    // Replica 0 calls late for view 1, and is answered with the view's log.
    group.fire(0, 'resend');
    group.lose();
    expect(group.keys(0)).toEqual({ log: 'p q', executed: '' });
    const { viewNumber, log, commitNumber } = group.replica(1);
    const suffix = log.suffix(1);
    const message = { type: 'STARTVIEW', viewNumber, suffix, opNumber: 2, commitNumber } as const;
    inject(group, { from: 1, to: 0, message });
    expect(group.replica(0).status).toBe('state-transfer');
    group.run();
    expect(group.keys(0)).toEqual({ log: 'x y', executed: 'x y' });
  });
});

describe('recovery in pieces, VRR §4.3', () => {
  test('a replica stays recovering until all of the log has arrived', () => {
    const group = groupInPieces();
    for (const name of ['a', 'b', 'c']) group.ask(name, name);
    group.run();
    group.crash(2);
    group.restart(2);
    for (const other of [0, 1]) group.deliver('RECOVERY', { to: other });
    group.deliver('RECOVERYRESPONSE');
    group.deliver('RECOVERYRESPONSE');
    for (const opNumber of [0, 1, 2]) {
      expect(group.replica(2)).toMatchObject({ status: 'recovering', lastNormalView: 0 });
      expect(group.find('GETSTATE')).toMatchObject([{ to: 0, message: { opNumber } }]);
      group.deliver('GETSTATE');
      group.deliver('NEWSTATE');
    }
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 0 });
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a recovering replica asks all others anew after a lost piece, and fetches only the rest of the log', () => {
    const group = groupInPieces();
    for (const name of ['a', 'b', 'c']) group.ask(name, name);
    group.run();
    group.crash(2);
    group.restart(2);
    for (const other of [0, 1]) group.deliver('RECOVERY', { to: other });
    for (const type of ['RECOVERYRESPONSE', 'RECOVERYRESPONSE', 'GETSTATE', 'NEWSTATE'] as const)
      group.deliver(type);
    group.lose();
    group.fire(2, 'resend');
    expect(group.find('GETSTATE')).toEqual([]);
    expect(group.find('RECOVERY')).toMatchObject([
      { message: { nonce: '2/1.1' } },
      { message: { nonce: '2/1.1' } },
    ]);
    for (const other of [0, 1]) group.deliver('RECOVERY', { to: other });
    for (let answers = 0; answers < 2; answers++) group.deliver('RECOVERYRESPONSE');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 0, message: { viewNumber: 0, opNumber: 1 } }]);
    group.run();
    expect(group.replica(2).status).toBe('normal');
    expect(group.keys(2).log).toBe('a b c');
  });

  test('a recovering replica drops a NEWSTATE that it did not ask for', () => {
    const group = laggingGroup();
    const suffix = group.replica(0).log.suffix(0);
    const part = { suffix, opNumber: 3, commitNumber: 0, replicaNumber: 0 } as const;
    const message = { type: 'NEWSTATE', viewNumber: 0, ...part } as const;
    group.crash(2);
    group.restart(2);
    expect(reasonOf(inject(group, { from: 0, to: 2, message }))).toBe('state-not-asked-for');
  });
});
