import { describe, expect, test } from 'vitest';
import { fork, step } from '../../impl/index.ts';
import {
  exchange,
  extent,
  fill,
  groupThatMovedOn,
  laggingGroup,
  namesIn,
  offerToReplica2,
  outcome,
} from './checkpointing.ts';
import type { Group } from './group.ts';
import { logOf } from './logOf.ts';
import { inject } from './tamper.ts';

/** Replica 2 calls for view 2, of which it is the primary, and gets the vote of replica 1. */
function electReplica2(group: Group): void {
  group.fire(2, 'suspect');
  group.lose();
  group.fire(2, 'suspect');
  group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
  group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
  group.lose('STARTVIEWCHANGE');
  group.deliver('DOVIEWCHANGE', { from: 1, to: 2 });
}

/** Replica 0 alone hears from the primary of view 1. */
function tellReplica0OfView1(group: Group): void {
  group.fire(1, 'heartbeat');
  group.deliver('COMMIT', { to: 0 });
  group.lose('COMMIT');
}

describe('a replica that lacks entries of its view which are gone, VRR §5.1, §5.2', () => {
  test('a replica that lacks dropped entries is offered the latest checkpoint', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    const checkpoint = group.replica(0).checkpoints.at(-1);
    const digests = { table: checkpoint?.table.digest, state: checkpoint?.state.digest };
    expect(group.find('CHECKPOINT')).toMatchObject([
      { from: 0, to: 2, message: { viewNumber: 0, opNumber: 6, digests, exchanged: null } },
    ]);
    expect(group.find('NEWSTATE')).toEqual([]);
  });

  test('a replica fetches the client-table first, and then the state of the service', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    const parts: string[] = [];
    for (const { message } of exchange(group)) {
      const part = message.type === 'CHECKPOINT' ? (message.exchanged?.part ?? 'offer') : '';
      if (parts.at(-1) !== part) parts.push(part);
    }
    expect(parts).toEqual(['offer', 'table', 'state']);
  });

  test('a replica stays as it is until it has both parts, and takes them up in one step', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    const before = { ...outcome(group, 2), ...extent(group, 2) };
    let steps = 0;
    for (; group.find('GETSTATE').length === 0; steps++) {
      expect({ ...outcome(group, 2), ...extent(group, 2) }).toEqual(before);
      group.deliver(steps % 2 === 0 ? 'CHECKPOINT' : 'GETCHECKPOINT');
    }
    expect(steps).toBeGreaterThan(10);
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 6, log: '' });
    const table = ['a', 'b', 'c', 'd', 'e', 'f'].map((key, index) => [
      `${key}/0`,
      { session: 0, requestNumber: 1, results: [1], opNumber: index + 1 },
    ]);
    expect(outcome(group, 2)).toMatchObject({ commitNumber: 6, table });
  });

  test('a replica that takes up a checkpoint reports a restored state and no execution', () => {
    const group = laggingGroup({ maxChars: 10_000 });
    offerToReplica2(group);
    group.deliver('CHECKPOINT');
    group.deliver('GETCHECKPOINT');
    group.deliver('CHECKPOINT');
    group.deliver('GETCHECKPOINT');
    const outputs = group.deliver('CHECKPOINT');
    expect(outputs.filter(({ type }) => type === 'restored' || type === 'executed')).toEqual([
      { type: 'restored', opNumber: 6 },
    ]);
  });

  test('a replica that has taken up a checkpoint fetches the rest of the log, executes it and acknowledges all', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    exchange(group);
    expect(group.find('PREPAREOK')).toEqual([]);
    for (const opNumber of [6, 7]) {
      expect(group.find('GETSTATE')).toMatchObject([{ to: 0, message: { viewNumber: 0, opNumber } }]);
      group.deliver('GETSTATE');
      group.deliver('NEWSTATE');
    }
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 6, log: 'g h' });
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
    expect(group.find('PREPAREOK', { from: 2 }).at(-1)).toMatchObject({ message: { opNumber: 8 } });
    expect(group.armed(2).includes('resend')).toBe(false);
  });

  test('a replica that has taken up a checkpoint takes its next ones in step with the others', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.run();
    fill(group, 'ijklm');
    group.fire(0, 'heartbeat');
    group.run();
    expect([0, 1, 2].map((number) => extent(group, number))).toEqual(
      [0, 1, 2].map(() => ({ checkpoints: [9, 12], base: 9, log: 'j k l m' })),
    );
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a replica executes no request again whose entry its checkpoint stands for', () => {
    const group = laggingGroup();
    group.fire(0, 'heartbeat');
    group.run();
    group.fire(2, 'suspect');
    group.fire(2, 'suspect');
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    const operation = { type: 'set', key: 'a', value: 1 } as const;
    const message = { type: 'REQUEST', operation, clientId: 'a/0', session: 0, requestNumber: 1 } as const;
    inject(group, { from: 'a', to: 2, message });
    expect(group.replica(2).log.length).toBe(8);
    expect(group.find('REPLY')).toMatchObject([{ from: 2, message: { result: 1 } }]);
  });

  test.each(['abcdef', 'abcdefgh'])(
    'a checkpoint does not replace the entries %s that came meanwhile, and only what follows them is fetched',
    (keys) => {
      const group = laggingGroup();
      // They arrive late, while the checkpoint is being fetched, with a commit-number of 0.
      offerToReplica2(group);
      group.deliver('CHECKPOINT');
      for (const index of keys.split('').keys()) {
        const suffix = logOf(...keys.slice(0, index + 1)).suffix(index);
        const numbers = { viewNumber: 0, opNumber: index + 1, commitNumber: 0 };
        inject(group, { from: 0, to: 2, message: { type: 'PREPARE', suffix, ...numbers } });
      }
      group.lose('PREPAREOK');
      exchange(group);
      expect(extent(group, 2)).toEqual({ checkpoints: [], base: 0, log: [...keys].join(' ') });
      expect(group.find('GETSTATE')).toMatchObject([{ message: { opNumber: keys.length } }]);
      group.run();
      expect(outcome(group, 2)).toEqual(outcome(group, 0));
    },
  );
});

describe('a replica that hears of a later view whose beginning is gone (repair of VRR §5.1)', () => {
  test('a replica changes neither view nor log before it has all of the log of the later view', () => {
    const group = groupThatMovedOn();
    const before = { ...outcome(group, 0), ...extent(group, 0) };
    tellReplica0OfView1(group);
    let steps = 0;
    for (; group.replica(0).status !== 'normal'; steps++) {
      expect(group.replica(0)).toMatchObject({ status: 'state-transfer', viewNumber: 0, lastNormalView: 0 });
      expect({ ...outcome(group, 0), ...extent(group, 0) }).toEqual(before);
      const [next] = group.inFlight;
      if (next === undefined) throw new Error('Nothing is on its way any more.');
      group.deliver(next.message.type, next);
    }
    expect(steps).toBeGreaterThan(10);
    expect(before.log).toBe('old');
    expect(group.replica(0)).toMatchObject({ viewNumber: 1, lastNormalView: 1, transfer: undefined });
    expect(extent(group, 0)).toEqual({ checkpoints: [6], base: 6, log: 'g h' });
    expect(outcome(group, 0)).toEqual(outcome(group, 1));
  });

  test('a replica throws rather than begin a log with a checkpoint that it lacks', () => {
    const group = groupThatMovedOn();
    tellReplica0OfView1(group);
    group.deliver('GETSTATE');
    exchange(group);
    for (const opNumber of [6, 7]) {
      expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { opNumber } }]);
      group.deliver('GETSTATE');
      if (opNumber === 6) group.deliver('NEWSTATE');
    }
    const replica = fork(group.replica(0));
    replica.checkpointTransfer = undefined;
    const message = group.find('NEWSTATE')[0]?.message;
    if (message?.type !== 'NEWSTATE') throw new Error('The rest of the log is not in flight.');
    expect(() => step(replica, { type: 'message', message })).toThrow(
      'The checkpoint of 6 entries is not here.',
    );
    expect(replica).toMatchObject({ status: 'state-transfer', viewNumber: 0, commitNumber: 0 });
  });

  test('a replica votes for a still later view with its old log, and does not fetch the same checkpoint again', () => {
    const group = groupThatMovedOn();
    tellReplica0OfView1(group);
    group.deliver('GETSTATE');
    exchange(group);
    group.lose();
    const call = { type: 'STARTVIEWCHANGE', viewNumber: 2, replicaNumber: 2, callers: 0 } as const;
    inject(group, { from: 2, to: 0, message: call });
    expect(group.find('DOVIEWCHANGE')).toMatchObject([
      { message: { viewNumber: 2, lastNormalView: 0, opNumber: 1, commitNumber: 0 } },
    ]);
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect(outcome(group, 0)).toEqual(outcome(group, 2));
  });

  test('a replica that fetches for a still later view asks no question about the same checkpoint twice', () => {
    const group = groupThatMovedOn();
    tellReplica0OfView1(group);
    group.deliver('GETSTATE');
    exchange(group);
    group.lose();
    group.fire(2, 'suspect');
    group.run({ without: [0] });
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    group.fire(2, 'heartbeat');
    group.deliver('COMMIT', { to: 0 });
    group.lose('COMMIT');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 2, message: { viewNumber: 2, opNumber: 0 } }]);
    group.deliver('GETSTATE');
    expect(exchange(group)).toMatchObject([{ message: { opNumber: 6, exchanged: null } }]);
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect(outcome(group, 0)).toEqual(outcome(group, 2));
  });
});

describe('a new primary that lacks entries which are gone where the best vote is from, VRR §5.1, §4.2', () => {
  test('a new primary fetches the checkpoint and the entries after it before its view starts', () => {
    const group = laggingGroup();
    electReplica2(group);
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 0, opNumber: 0 } }]);
    group.deliver('GETSTATE');
    const answers = exchange(group);
    expect(namesIn(answers, 'state')).toBe('a b c d e f');
    expect(group.replica(2)).toMatchObject({ status: 'view-change', lastNormalView: 0, commitNumber: 0 });
    expect([group.find('STARTVIEW'), extent(group, 2)]).toEqual([[], { checkpoints: [], base: 0, log: '' }]);
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 0, opNumber: 6 } }]);
    group.deliver('GETSTATE');
    group.deliver('NEWSTATE');
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2, lastNormalView: 2 });
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 6, log: 'g h' });
    expect(group.find('STARTVIEW')).toHaveLength(2);
    expect(outcome(group, 2)).toEqual(outcome(group, 1));
  });

  test('a new primary puts no shorter log onto a fetched checkpoint, even if the same voter sends it now', () => {
    const group = laggingGroup();
    electReplica2(group);
    group.deliver('GETSTATE');
    exchange(group);
    expect(group.replica(2).transfer?.log.base).toBe(6);
    group.lose();
    const suffix = group.replica(0).log.prefix(4).suffix(3);
    const numbers = { viewNumber: 2, lastNormalView: 0, opNumber: 4, commitNumber: 3, replicaNumber: 1 };
    const message = { type: 'DOVIEWCHANGE', suffix, ...numbers, generations: [] } as const;
    inject(group, { from: 1, to: 2, message });
    expect(group.replica(2)).toMatchObject({ status: 'view-change', commitNumber: 0 });
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { viewNumber: 0, opNumber: 6 } }]);
  });

  test('a new primary asks again with its STARTVIEWCHANGEs after a lost answer, and goes on where it was', () => {
    const group = laggingGroup();
    electReplica2(group);
    group.deliver('GETSTATE');
    for (let answer = 0; answer < 8; answer++) {
      group.deliver('CHECKPOINT');
      group.deliver('GETCHECKPOINT');
    }
    const [lost] = group.hold('CHECKPOINT');
    const known = namesIn(lost === undefined ? [] : [lost], 'table');
    group.fire(2, 'resend');
    group.deliver('GETSTATE', { to: 1 });
    const answers = exchange(group);
    expect(namesIn(answers, 'table').split(' ')).toContain(known);
    expect(namesIn(answers, 'table').split(' ').length).toBeLessThan(6);
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect(outcome(group, 2)).toEqual(outcome(group, 1));
  });
});
