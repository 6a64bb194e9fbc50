import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  blankImage,
  configure,
  createReplica,
  type Input,
  keyValueService,
  type Replica,
  step,
} from '../../impl/index.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { owner } from '../../models/storage/storageWriter.ts';
import { scratch } from './corruptions.ts';
import { withStorage } from './outcome.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

/** A group of one, which depends on nothing but its storage. */
const configuration = configure(1, 'durable', keyValueService, { checkpointEvery: 4, sessions: Infinity });

/** Gives the replica the input, and makes all of its writes durable, until it asks for none. */
async function take(replica: Replica, storage: StableStorage, input: Input): Promise<void> {
  for (const output of step(replica, input)) {
    if (output.type !== 'write') continue;
    await storage.write(output.records);
    await take(replica, storage, { type: 'durable', write: output.write });
  }
}

/** One run of the replica: it sets `keys` keys, each to its number. */
async function run(storage: StableStorage, from: number, keys: number): Promise<Replica> {
  const replica = createReplica(configuration, 0);
  const { stored = { image: blankImage, records: [] }, incarnation, name } = storage;
  await take(replica, storage, { type: 'restart', stored, incarnation, name });
  for (let requestNumber = from + 1; requestNumber <= from + keys; requestNumber++) {
    const operation = { type: 'set', key: `key ${requestNumber % 5}`, value: requestNumber };
    const message = { type: 'REQUEST', operation, clientId: 'c', session: 0, requestNumber } as const;
    await take(replica, storage, { type: 'message', message });
  }
  return replica;
}

const disk = new MemoryDisk();
test.each([
  ['a directory', () => openDurable(join(folder, 'alone'), owner, configuration)],
  ['memory', async () => disk.open()],
])('a replica resumes from %s in each of its runs', async (_, open) => {
  let requests = 0;
  for (const keys of [2, 3, 10, 0, 7]) {
    const replica = await withStorage(open(), (storage) => run(storage, requests, keys));
    requests += keys;
    expect([replica.status, replica.commitNumber]).toEqual(['normal', requests]);
    for (let index = Math.max(requests - 4, 1); index <= requests; index++)
      expect(
        keyValueService.apply(
          Object(replica.serviceState),
          { type: 'get', key: `key ${index % 5}` },
          { time: 0, random: 0 },
        ).result,
      ).toBe(index);
  }
});
