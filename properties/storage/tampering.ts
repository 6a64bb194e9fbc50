import { join } from 'node:path';
import { blankImage, type Image } from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import type { BatchOperation } from '../../impl/node/storage/leveldb/levelDb.ts';
import { openLevelDb } from '../../impl/node/storage/leveldb/levelDb.ts';
import { imageIn, withStorage } from './outcome.ts';
import { configuration, owner, SimulatedWriter, type WriterAction } from './simulatedWriter.ts';

/** An action that appends entries, perhaps in place of the last ones, and in a later view. */
export const append = (entries: number, back = 0, views = 0): WriterAction => ({
  ...{ type: 'append', entries, back, views },
});

/** An action that takes a checkpoint. */
export const checkpoint: WriterAction = { type: 'checkpoint' };

/** Performs the actions in the directory; yields the image that it then holds. */
export async function perform(directory: string, ...actions: readonly WriterAction[]): Promise<Image> {
  return withStorage(openDurable(directory, owner, configuration), async (storage) => {
    const writer = new SimulatedWriter(storage.stored?.image ?? blankImage, 100 * storage.incarnation);
    for (const action of actions) await storage.write(writer.records(action));
    return writer.image;
  });
}

/** The image and the findings of a new opening. */
export async function readFrom(directory: string): Promise<{ image: Image; findings: string }> {
  return withStorage(openDurable(directory, owner, configuration), async (storage) => ({
    image: imageIn(storage),
    findings: storage.findings.join(),
  }));
}

/** Changes records without the storage's knowledge. */
export async function tamper(directory: string, ...operations: readonly BatchOperation[]): Promise<void> {
  const levelDb = await openLevelDb(join(directory, 'records'), false);
  await levelDb.batch([...operations], { sync: true });
  await levelDb.close();
}

/** The value under the key. */
export async function valueUnder(directory: string, key: Uint8Array): Promise<Uint8Array> {
  const levelDb = await openLevelDb(join(directory, 'records'), false);
  const bytes = await levelDb.get(key);
  await levelDb.close();
  if (bytes === undefined) throw new Error('Nothing is recorded there.');
  return bytes;
}
