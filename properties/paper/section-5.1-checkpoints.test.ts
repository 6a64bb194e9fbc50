import { describe, expect, test } from 'vitest';
import { type Checkpoint, keyValueService, partsOf } from '../../impl/index.ts';
import { checkpointing, extent, fill } from './checkpointing.ts';
import { Group } from './group.ts';
import { inject } from './tamper.ts';

const replicas = [0, 1, 2];

/** The digests of every checkpoint that any replica ever had, by op-number. */
function digestsByNumber(group: Group, seen: Map<number, Set<string>>): void {
  for (const number of replicas) {
    for (const { opNumber, state, table } of group.replica(number).checkpoints) {
      const digests = seen.get(opNumber) ?? new Set();
      seen.set(opNumber, digests.add(`${state.digest} ${table.digest}`));
    }
  }
}

describe('checkpoints, VRR §5.1', () => {
  test('each replica takes a checkpoint when it has executed the configured number of entries', () => {
    const group = checkpointing();
    fill(group, 'abc');
    // The backups do not know yet that the third entry is committed.
    expect(replicas.map((number) => extent(group, number).checkpoints)).toEqual([[3], [], []]);
    group.fire(0, 'heartbeat');
    group.run();
    expect(replicas.map((number) => extent(group, number).checkpoints)).toEqual([[3], [3], [3]]);
    fill(group, 'de');
    expect(extent(group, 0).checkpoints).toEqual([3]);
    fill(group, 'f');
    expect(extent(group, 0).checkpoints).toEqual([3, 6]);
  });

  test('a replica keeps its latest two checkpoints', () => {
    const group = checkpointing();
    fill(group, 'abcdefghijkl');
    expect(extent(group, 0).checkpoints).toEqual([9, 12]);
  });

  test('a checkpoint holds the state of the service and the client-table after its entries', () => {
    const group = checkpointing();
    fill(group, 'abcd');
    const [checkpoint] = group.replica(0).checkpoints;
    expect(new Map(checkpoint?.state.entries())).toEqual(new Map(['a', 'b', 'c'].map((key) => [key, 1])));
    expect(new Map(checkpoint?.table.entries())).toEqual(
      new Map(
        ['a/0', 'b/0', 'c/0'].map((clientId, index) => [
          clientId,
          { session: 0, requestNumber: 1, results: [1], opNumber: index + 1 },
        ]),
      ),
    );
  });

  test('a checkpoint holds the latest line of each client, also of clients without a request since the last checkpoint', () => {
    const group = checkpointing();
    fill(group, 'aabcbd');
    const latest = group.replica(0).checkpoints.at(-1);
    const numbers = [...(latest?.table.entries() ?? [])].map(([name, line]) => [
      name,
      Object(line).requestNumber,
    ]);
    expect(numbers.toSorted()).toEqual([
      ['a/0', 2],
      ['b/0', 2],
      ['c/0', 1],
      ['d/0', 1],
    ]);
  });

  test('checkpoints of one op-number are equal at all replicas, taken or fetched', () => {
    const group = checkpointing();
    const seen = new Map<number, Set<string>>();
    // Replica 2 misses the beginning, and takes up a checkpoint of another.
    fill(group, 'abcdefg', { without: [2] });
    group.fire(0, 'heartbeat');
    group.run();
    digestsByNumber(group, seen);
    group.fire(1, 'suspect');
    group.run();
    for (const key of 'hijklmnopqrs') {
      fill(group, key, { view: 1 });
      digestsByNumber(group, seen);
    }
    expect([...seen.keys()].toSorted((one, other) => one - other)).toEqual([3, 6, 9, 12, 15, 18]);
    expect([...seen.values()].map((digests) => digests.size)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('a replica that restored a checkpoint numbers its next one as the others do', () => {
    const group = checkpointing();
    fill(group, 'abcdefg', { without: [2] });
    group.fire(0, 'heartbeat');
    group.run();
    fill(group, 'hijkl');
    const last = (number: number): Checkpoint | undefined => group.replica(number).checkpoints.at(-1);
    expect(last(0)).toMatchObject({ opNumber: 12 });
    expect(last(2)).toMatchObject({ opNumber: 9 });
    group.fire(0, 'heartbeat');
    group.run();
    expect(last(2)).toMatchObject({ opNumber: 12 });
    const now = partsOf(keyValueService, group.replica(2).serviceState).digest;
    expect([last(0)?.state.digest, last(2)?.state.digest]).toEqual([now, now]);
  });
});

describe('the log behind a checkpoint, VRR §5.1', () => {
  test('a replica keeps the log since its checkpoint but one', () => {
    const group = checkpointing();
    fill(group, 'abc');
    expect(extent(group, 0)).toMatchObject({ base: 0, log: 'a b c' });
    fill(group, 'de');
    expect(extent(group, 0)).toMatchObject({ base: 0, log: 'a b c d e' });
    fill(group, 'f');
    expect(extent(group, 0)).toMatchObject({ base: 3, log: 'd e f' });
    fill(group, 'ghi');
    expect(extent(group, 0)).toMatchObject({ base: 6, log: 'g h i' });
    expect(group.replica(0).log.length).toBe(9);
  });

  test('a replica that lags by less than a checkpoint interval fetches no checkpoint', () => {
    const group = checkpointing();
    fill(group, 'abc');
    fill(group, 'defgh', { without: [2] });
    expect(group.replica(2).log.length).toBe(3);
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.deliver('GETSTATE');
    expect(group.find('CHECKPOINT')).toEqual([]);
    group.run();
    expect(group.replica(2)).toMatchObject({ commitNumber: 8 });
  });

  test('a replica keeps all entries that are not executed, however many', () => {
    const group = checkpointing();
    for (const name of 'abcdefghij') {
      group.ask(name, name);
      group.deliver('REQUEST');
      group.deliver('PREPARE', { to: 1 });
      group.lose('PREPARE');
    }
    group.lose('PREPAREOK');
    for (const number of [0, 1])
      expect(extent(group, number)).toEqual({ checkpoints: [], base: 0, log: 'a b c d e f g h i j' });
    // As soon as seven of them are committed, the checkpoint of six stands for the first three.
    const message = {
      type: 'PREPAREOK',
      viewNumber: 0,
      opNumber: 7,
      suffix: group.replica(0).log.prefix(7).suffix(7),
      replicaNumber: 1,
      clock: 0,
      checkpoint: null,
    } as const;
    inject(group, { from: 1, to: 0, message });
    expect(extent(group, 0)).toEqual({ checkpoints: [3, 6], base: 3, log: 'd e f g h i j' });
  });

  test('a durable replica drops the log before the checkpoint from its disk too', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abcdefgh');
    const { image } = group.disk(0);
    expect([image.checkpoint?.opNumber, image.log.base, image.log.length]).toEqual([6, 3, 8]);
  });

  test('a client is answered from the table although the entry of its request is gone', () => {
    const group = checkpointing();
    fill(group, 'abcdefgh');
    expect(group.answers).toHaveLength(8);
    const operation = { type: 'set', key: 'a', value: 1 };
    const message = { type: 'REQUEST', operation, clientId: 'a/0', session: 0, requestNumber: 1 } as const;
    for (const to of replicas) inject(group, { from: 'a', to, message });
    expect(group.find('REPLY').map(({ from }) => from)).toEqual(replicas);
    expect(group.replica(0).log.length).toBe(8);
  });

  test('a group with a checkpoint after each entry keeps the log since the checkpoint but one', () => {
    const group = new Group(3, 'durable', 'at once', { checkpointEvery: 1 });
    fill(group, 'abcde');
    expect(extent(group, 0)).toEqual({ checkpoints: [4, 5], base: 4, log: 'e' });
    expect(extent(group, 1)).toEqual({ checkpoints: [3, 4], base: 3, log: 'd e' });
  });

  test('a replica alone in its group drops its log before the checkpoint too', () => {
    const group = new Group(1, 'durable', 'at once', { checkpointEvery: 2 });
    fill(group, 'abcde');
    expect(extent(group, 0)).toEqual({ checkpoints: [2, 4], base: 2, log: 'c d e' });
    group.crash(0);
    group.restart(0);
    expect(extent(group, 0)).toEqual({ checkpoints: [4], base: 2, log: 'c d e' });
  });
});
