import { describe, expect, test } from 'vitest';
import {
  blankImage,
  type Checkpoint,
  configure,
  createReplica,
  type Entry,
  foundedAtOnce,
  type Json,
  keyValueService,
  Log,
  noEnd,
  readBack,
  type StorageRecord,
  step,
  Tree,
} from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';
import { checkpointing, exchange, fill, laggingGroup, offerToReplica2 } from './checkpointing.ts';
import type { Group, Outputs } from './group.ts';

function logOf(...operations: readonly string[]): Log {
  return operations.reduce((log, operation) => log.append(requestOf(operation)), Log.empty);
}

function requestOf(operation: string): Entry {
  return {
    type: 'REQUEST',
    operation,
    clientId: 'ann/0',
    session: 0,
    requestNumber: 1,
    predicted: unpredicted,
  };
}

function checkpointOf(opNumber: number): Checkpoint {
  return { ...noEnd, opNumber, state: Tree.empty<Json>().set('at', opNumber), table: Tree.empty<Json>() };
}

const entries = (log: Log, after: number): StorageRecord => ({ type: 'entries', suffix: log.suffix(after) });
const checkpoint = (opNumber: number, base: number): StorageRecord => {
  return { type: 'checkpoint', checkpoint: checkpointOf(opNumber), base };
};
const viewRecord: StorageRecord = { type: 'viewRecord', viewNumber: 1, lastNormalView: 1, commitNumber: 3 };
const end: StorageRecord = { type: 'end', write: 1 };
const log = logOf('a', 'b', 'c', 'd');

describe('reading back a checkpoint from stable storage, VRR §5.1', () => {
  test('stable storage holds the latest checkpoint and the log without the dropped entries', () => {
    const image = readBack(blankImage, [
      ...[entries(log, 0), viewRecord, end],
      ...[checkpoint(2, 0), viewRecord, end],
      ...[checkpoint(3, 2), viewRecord, end],
    ]);
    expect(image.checkpoint).toEqual(checkpointOf(3));
    expect(image.log.toJSON()).toEqual({ after: 2, entries: [requestOf('c'), requestOf('d')] });
    expect(image).toMatchObject({ viewNumber: 1, lastNormalView: 1, commitNumber: 3 });
  });

  test('an interrupted write of a checkpoint leaves neither the checkpoint nor a shorter log', () => {
    const before = readBack(blankImage, [entries(log, 0), checkpoint(2, 0), viewRecord, end]);
    for (const records of [[checkpoint(3, 2)], [checkpoint(3, 2), viewRecord]])
      expect(readBack(before, records)).toBe(before);
  });

  test('reading all writes at once gives the same as reading after each write', () => {
    const writes = [
      [entries(log, 0), viewRecord, end],
      [checkpoint(3, 1), viewRecord, end],
      [entries(logOf('a', 'b', 'x', 'y'), 2), viewRecord, end],
    ];
    const atOnce = readBack(blankImage, writes.flat());
    const oneByOne = writes.reduce((image, records) => readBack(image, records), blankImage);
    expect(atOnce).toEqual(oneByOne);
    expect(atOnce.log.toJSON()).toEqual({ after: 1, entries: ['b', 'x', 'y'].map(requestOf) });
    expect(atOnce.checkpoint).toEqual(checkpointOf(3));
  });

  test('a log begins where the checkpoint ends if that is later than its last entry', () => {
    const image = readBack(blankImage, [entries(log, 0), checkpoint(9, 9), viewRecord, end]);
    expect([image.log.base, image.log.length]).toEqual([9, 9]);
    const later = readBack(image, [entries(Log.after(9, noEnd).append(requestOf('j')), 9), viewRecord, end]);
    expect(later.log.toJSON()).toEqual({ after: 9, entries: [requestOf('j')] });
  });

  test('a checkpoint stays when entries or a view record follow', () => {
    const image = readBack(blankImage, [checkpoint(3, 3), viewRecord, end]);
    const promised = readBack(image, [viewRecord, end]);
    expect(promised.checkpoint).toBe(image.checkpoint);
    expect(blankImage.checkpoint).toBeUndefined();
  });
});

describe('a checkpoint on disk with an impossible client-table, VRR §5.1', () => {
  const wrong = [null, 'line', { session: 0, requestNumber: -1, results: [], opNumber: 1 }];

  test.each(['durable', 'diskless'] as const)(
    'a %s replica does not take up a checkpoint with an impossible client-table, and throws',
    (mode) => {
      for (const line of wrong) {
        const replica = createReplica(configure(3, mode, keyValueService), 2);
        const table = Tree.empty<Json>().set('ann/0', line);
        const membership = foundedAtOnce(replica.configuration);
        const image = { ...blankImage, membership, checkpoint: { ...checkpointOf(3), table } };
        const stored = { image, records: [] };
        const restart = { type: 'restart', stored, incarnation: 1, name: '2' } as const;
        expect(() => step(replica, restart)).toThrow('The checkpoint holds no client-table.');
        expect(replica).toMatchObject({ commitNumber: 0, checkpoints: [] });
      }
    },
  );
});

describe('messages about checkpoints while a disk is slow, VRR §5.1', () => {
  test('messages about checkpoints wait for no disk', () => {
    const group = checkpointing({ mode: 'durable', syncs: 'by hand' });
    group.ask('a', 'a');
    group.deliver('REQUEST');
    const [late] = group.hold('PREPARE', { to: 2 });
    settle(group);
    for (const key of 'bcdefgh') {
      group.ask(key, key);
      settle(group);
    }
    // Replica 0 is about to write the ninth entry, and replica 2 the first.
    group.ask('i', 'i');
    group.deliver('REQUEST');
    group.lose();
    offerToReplica2(group);
    expect(group.find('CHECKPOINT')).toMatchObject([{ from: 0, to: 2, message: { opNumber: 6 } }]);
    group.arrive(late);
    expect(group.disk(2).unsynced).toMatchObject([{ type: 'entries' }, {}, {}]);
    group.deliver('CHECKPOINT');
    expect(group.find('GETCHECKPOINT')).toMatchObject([{ from: 2, to: 0, message: { opNumber: 6 } }]);
  });

  /** Delivers all messages between replicas 0 and 1, and makes all that they wrote durable. */
  function settle(group: Group): void {
    group.run({ without: [2] });
    for (const number of [0, 1]) group.sync(number);
    group.run({ without: [2] });
  }
});

describe('what a replica writes of checkpoints, VRR §5.1', () => {
  /** The records that a step wrote. */
  function written(outputs: Outputs): readonly StorageRecord[] {
    return outputs.flatMap((output) => (output.type === 'write' ? output.records : []));
  }

  test('a durable replica writes each checkpoint with the new beginning of its log', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abcde');
    group.ask('f', 'f');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    expect(written(group.deliver('PREPAREOK'))).toMatchObject([
      { type: 'checkpoint', base: 3, checkpoint: { opNumber: 6 } },
      { type: 'viewRecord', commitNumber: 6 },
      { type: 'end' },
    ]);
    expect(group.disk(0).image.log.base).toBe(3);
  });

  test('a diskless replica writes checkpoints and its view, and none of its log', () => {
    const group = checkpointing({ syncs: 'by hand' });
    fill(group, 'abcdef');
    expect(group.disk(0).unsynced).toMatchObject([
      { type: 'checkpoint', base: 0, checkpoint: { opNumber: 3 } },
      { type: 'viewRecord', viewNumber: 0, lastNormalView: 0, commitNumber: 0 },
      { type: 'end' },
      { type: 'checkpoint', base: 3, checkpoint: { opNumber: 6 } },
      { type: 'viewRecord', viewNumber: 0, lastNormalView: 0, commitNumber: 0 },
      { type: 'end' },
    ]);
  });

  test('a replica writes a fetched checkpoint before it acknowledges entries after it', () => {
    const group = laggingGroup({ mode: 'durable' });
    offerToReplica2(group);
    exchange(group);
    expect(group.disk(2).image).toMatchObject({ checkpoint: { opNumber: 6 }, commitNumber: 6 });
    expect(group.disk(2).image.log.base).toBe(6);
    expect(group.find('PREPAREOK', { from: 2 })).toEqual([]);
  });

  test.each(['durable', 'diskless'] as const)(
    'a %s replica writes a later view and its fetched checkpoint together',
    (mode) => {
      const group = checkpointing({ mode });
      fill(group, 'abcdefgh', { without: [2] });
      group.fire(1, 'suspect');
      group.run({ without: [2] });
      group.fire(1, 'heartbeat');
      let records: readonly StorageRecord[] = [];
      while (group.replica(2).viewNumber === 0) {
        const [next] = group.inFlight;
        if (next === undefined) throw new Error('Nothing is on its way any more.');
        records = written(group.deliver(next.message.type, next));
      }
      const entriesToo = mode === 'durable' ? [{ type: 'entries' }] : [];
      const lastNormalView = mode === 'durable' ? 1 : 0;
      expect(records).toMatchObject([
        { type: 'checkpoint', base: 6, checkpoint: { opNumber: 6 } },
        ...entriesToo,
        { type: 'viewRecord', viewNumber: 1, lastNormalView },
        { type: 'end' },
      ]);
    },
  );
});
