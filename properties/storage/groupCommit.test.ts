import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { blankImage, configure, keyValueService, noEnd, type StorageRecord, Tree } from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { scratch } from './corruptions.ts';
import { imageIn, withStorage } from './outcome.ts';
import { configuration, contentsOf, owner, SimulatedWriter } from './simulatedWriter.ts';
import { append, checkpoint, readFrom } from './tampering.ts';

const folder = scratch();
const directory = join(folder, 'replica');
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));
const open = () => openDurable(directory, owner, configuration);

/** The size of each batch that LevelDB is given from now on; each must be synced. */
function batches(): readonly number[] {
  const sizes: number[] = [];
  const { batch } = ClassicLevel.prototype;
  vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementation(function (this: ClassicLevel) {
    const chain: ReturnType<ClassicLevel['batch']> = Reflect.apply(batch, this, []);
    const write = chain.write.bind(chain);
    vi.spyOn(chain, 'write').mockImplementation((options) => {
      expect(options).toEqual({ sync: true });
      sizes.push(chain.length);
      return write(options);
    });
    return chain;
  });
  return sizes;
}

test('writes that come together share a sync, in their order', async () => {
  const writer = new SimulatedWriter(blankImage);
  await withStorage(open(), async (storage) => {
    const sizes = batches();
    const first = storage.write(writer.records(append(1)));
    const second = storage.write(writer.records(append(2, 1)));
    await new Promise(setImmediate);
    const later = [append(3), checkpoint, append(4)].map((action) => storage.write(writer.records(action)));
    await Promise.all([first, second, ...later]);
    expect(sizes.length).toBe(2);
  });
  expect(contentsOf((await readFrom(directory)).image)).toEqual(contentsOf(writer.image));
});

/** A write with a checkpoint of the first `opNumber` entries. */
function checkpointing(opNumber: number, state: Tree): readonly StorageRecord[] {
  const last = { type: 'viewRecord', viewNumber: 0, lastNormalView: 0, commitNumber: 0 } as const;
  const taken = { ...noEnd, opNumber, time: opNumber, state, table: Tree.empty() };
  return [{ type: 'checkpoint', checkpoint: taken, base: opNumber }, last, { type: 'end', write: opNumber }];
}

test('a checkpoint costs as much as has changed since the last, after a restart too', async () => {
  const all = Array.from({ length: 2000 }, (_, index) => [`name ${index}`, 'x'.repeat(100)] as const);
  const state = Tree.empty().with(all);
  await withStorage(open(), (storage) => storage.write(checkpointing(10, state)));
  await withStorage(open(), async (storage) => {
    const before = imageIn(storage).checkpoint?.state ?? Tree.empty();
    const sizes = batches();
    await storage.write(checkpointing(20, before.set('name 7', 'y').delete('name 8').set('another', 1)));
    // The same contents in a tree that shares no leaf.
    await storage.write(checkpointing(30, Tree.empty().with(all)));
    await storage.write(checkpointing(40, Tree.empty().with(all)));
    expect(sizes).toEqual([4, 4, 1]);
  });
  expect((await readFrom(directory)).image.checkpoint?.state.toJSON()).toEqual(state.toJSON());
});

test('a diskless replica has its view and its checkpoints back after a restart', async () => {
  const diskless = configure(3, 'diskless', keyValueService);
  const reopen = () => openDurable(directory, owner, diskless);
  const end = { type: 'end', write: 1 } as const;
  await withStorage(reopen(), async (storage) => {
    const viewRecord = { type: 'viewRecord', viewNumber: 5, lastNormalView: 0, commitNumber: 0 } as const;
    await storage.write([viewRecord, end]);
    await storage.write(checkpointing(10, Tree.empty().set('a', 1)));
    await storage.write(checkpointing(20, Tree.empty().set('a', 2)).map((each) => ({ ...each, base: 10 })));
    await storage.write([viewRecord, end]);
  });
  await withStorage(reopen(), async (storage) => {
    const { viewNumber, log, checkpoint: last, isCorrupt } = imageIn(storage);
    const { opNumber, state } = last ?? { opNumber: 0, state: Tree.empty() };
    expect([viewNumber, isCorrupt, opNumber, state.get('a')]).toEqual([5, false, 20, 2]);
    expect([log.base, log.length]).toEqual([10, 10]);
    expect(storage.incarnation).toBe(2);
  });
});
