import { describe, expect, test } from 'vitest';
import {
  blankImage,
  type CheckpointDigests,
  configure,
  createReplica,
  foundedAtOnce,
  type Input,
  keyValueService,
  type Message,
  type Output,
  type Replica,
  readBack,
  type StorageRecord,
  step,
} from '../../impl/index.ts';
import { ReplicaDriver } from '../../impl/node/driver/replicaDriver.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { commitOf } from '../commit.ts';
import { until } from '../node/servedGroup.ts';

const limits = { sessions: Number.POSITIVE_INFINITY, checkpointEvery: 1 };
const wrong: CheckpointDigests = { table: '0'.repeat(16), state: '1'.repeat(16) };

/** A replica of a group of this size, after the group has committed and executed one entry. */
function afterOneEntry(
  size: number,
  number: number,
): { readonly replica: Replica; readonly right: CheckpointDigests } {
  const configuration = configure(size, 'diskless', keyValueService, limits);
  const primary = createReplica(configuration, 0);
  const operation = { type: 'set', key: 'a', value: 1 };
  const request = { type: 'REQUEST', operation, clientId: 'ann', session: 0, requestNumber: 1 } as const;
  const prepare = step(primary, { type: 'message', message: request }).find(
    (output) => output.type === 'send' && output.message.type === 'PREPARE',
  );
  if (prepare?.type !== 'send') throw new Error('It sends no PREPARE.');
  const acknowledge = (replicaNumber: number): Input => {
    const base = {
      type: 'PREPAREOK',
      viewNumber: 0,
      opNumber: 1,
      suffix: primary.log.suffix(1),
      clock: 0,
    } as const;
    return { type: 'message', message: { ...base, replicaNumber, checkpoint: null } };
  };
  for (let other = 1; other < size; other++) step(primary, acknowledge(other));
  const replica = number === 0 ? primary : createReplica(configuration, number);
  if (number > 0) {
    step(replica, { type: 'message', message: prepare.message });
    step(replica, { type: 'message', message: commitOf(primary.log, 1) });
  }
  const checkpoint = replica.checkpoints.at(-1);
  if (checkpoint?.opNumber !== 1) throw new Error('It has taken no checkpoint.');
  return { replica, right: { table: checkpoint.table.digest, state: checkpoint.state.digest } };
}

const take = (replica: Replica, message: Message): readonly Output[] =>
  step(replica, { type: 'message', message });

const told = (replicaNumber: number, digests: CheckpointDigests): Message => {
  const checkpoint = { opNumber: 1, digests };
  return { type: 'COMMITOK', viewNumber: 0, replicaNumber, clock: 0, checkpoint };
};

const judged = ({ log }: Replica, digests: CheckpointDigests | null): Message =>
  commitOf(log, 1, 0, { opNumber: 1, digests });

describe('the primary', () => {
  test('tells a replica in the minority at once, and goes on', () => {
    const { replica, right } = afterOneEntry(3, 0);
    expect(take(replica, told(1, right))).toEqual([]);
    expect(take(replica, told(2, wrong))).toEqual([{ type: 'send', to: 2, message: judged(replica, right) }]);
    expect(replica.halted).toBeUndefined();
  });

  test('raises an alarm while it is open which of two is right', () => {
    const { replica, right } = afterOneEntry(3, 0);
    const reason = { code: 'checkpoints-differ', opNumber: 1, part: 'state', replicaNumber: 2 };
    expect(take(replica, told(2, wrong))).toEqual([{ type: 'alarm', reason }]);
    expect(take(replica, told(2, wrong))).toMatchObject([{ type: 'dropped' }]);
    expect(replica.halted).toBeUndefined();
    expect(take(replica, told(1, right))).toEqual([{ type: 'send', to: 2, message: judged(replica, right) }]);
  });

  test('stops for good if a quorum shares another checkpoint', () => {
    const { replica } = afterOneEntry(3, 0);
    take(replica, told(1, wrong));
    const outputs = take(replica, told(2, wrong));
    const reason = { code: 'diverged', opNumber: 1, part: 'state', isOutvoted: true };
    expect(outputs.at(-1)).toEqual({ type: 'halt', reason });
    expect(take(replica, told(2, wrong))).toEqual([{ type: 'dropped', reason: 'halted' }]);
  });

  test.each([
    [2, [wrong]],
    [3, [wrong, { ...wrong, state: '2'.repeat(16) }]],
    [4, [wrong, wrong, undefined]],
  ])('of %i replicas stops for good if no quorum can agree', (size, digests) => {
    const { replica, right } = afterOneEntry(size, 0);
    const outputs = digests.flatMap((one, index) => take(replica, told(index + 1, one ?? right)));
    expect(outputs.at(-1)).toMatchObject({ type: 'halt', reason: { isOutvoted: false } });
    expect(outputs).toContainEqual({ type: 'send', to: 1, message: judged(replica, null) });
  });

  test('ignores checkpoints of which it has none', () => {
    const { replica } = afterOneEntry(3, 0);
    const checkpoint = { opNumber: 7, digests: wrong };
    const base = { type: 'COMMITOK', viewNumber: 0, clock: 0 } as const;
    for (const replicaNumber of [1, 2]) take(replica, { ...base, replicaNumber, checkpoint });
    expect(replica).toMatchObject({ halted: undefined, comparisons: [] });
  });
});

describe('a backup', () => {
  test('stops for good if a quorum shares another checkpoint, and writes so', () => {
    const { replica } = afterOneEntry(3, 1);
    const outputs = take(replica, judged(replica, wrong));
    const records = outputs.flatMap((output): readonly StorageRecord[] =>
      output.type === 'write' ? output.records : [],
    );
    const halted = { opNumber: 1, part: 'state', isOutvoted: true };
    expect(readBack(blankImage, records).halted).toEqual(halted);
    expect(outputs.filter(({ type }) => type === 'send' || type === 'reply')).toEqual([]);
    const again = createReplica(replica.configuration, 1);
    const stored = { image: readBack(blankImage, records), records: [] };
    const restarted = step(again, { type: 'restart', stored, incarnation: 2, name: '1' });
    expect(restarted.at(-1)).toMatchObject({ type: 'halt', reason: halted });
    expect(restarted.some(({ type }) => type === 'send')).toBe(false);
  });

  test('goes on if its checkpoint is the one that a quorum shares', () => {
    const { replica, right } = afterOneEntry(3, 1);
    expect(take(replica, judged(replica, right)).map(({ type }) => type)).toEqual(['timer', 'send']);
    expect(replica.halted).toBeUndefined();
  });

  test('tells its latest checkpoint in every heartbeat answer', () => {
    const { replica, right } = afterOneEntry(3, 1);
    const outputs = take(replica, commitOf(replica.log, 1));
    expect(outputs).toContainEqual({ type: 'send', to: 0, message: told(1, right) });
  });
});

test('a replica that has stopped for good ends once its mark is durable, and again at each start', async () => {
  const { replica } = afterOneEntry(3, 1);
  const disk = new MemoryDisk(foundedAtOnce(replica.configuration));
  const run = () => {
    const failures: Error[] = [];
    const driver = new ReplicaDriver({
      configuration: replica.configuration,
      replicaNumber: 1,
      storage: disk.open(),
      transport: { send: () => undefined, reply: () => undefined },
      tick: 1_000_000,
      onStep: () => undefined,
      onFailure: (error) => failures.push(error),
    });
    return { driver, failures };
  };
  const first = run();
  first.driver.startAtOnce();
  Object.assign(first.driver.replica, { ...replica, membership: first.driver.replica.membership });
  first.driver.receive(judged(replica, wrong));
  expect(first.failures).toEqual([]);
  await until(() => first.failures.length === 1, 'the replica has ended');
  const text = 'after entry 1 the service state of this replica is another than a quorum holds';
  expect(first.failures[0]?.message).toContain(text);
  const second = run();
  second.driver.start();
  expect(second.failures[0]?.message).toContain(text);
});
