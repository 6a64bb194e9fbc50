import { join } from 'node:path';
import { blankImage, type Image } from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import type { BatchOperation } from '../../impl/node/storage/leveldb/levelDb.ts';
import { openLevelDb } from '../../impl/node/storage/leveldb/levelDb.ts';
import { during, imageIn } from './outcome.ts';
import { configuration, type Deed, owner, Writer } from './simulatedWriter.ts';

/** Appends entries, in place of the last ones perhaps, and in a later view perhaps. */
export const append = (entries: number, back = 0, views = 0): Deed => ({
  ...{ type: 'append', entries, back, views },
});

/** Takes a checkpoint. */
export const checkpoint: Deed = { type: 'checkpoint' };

/** Does this in the directory; yields what it holds then. */
export async function written(directory: string, ...deeds: readonly Deed[]): Promise<Image> {
  return during(openDurable(directory, owner, configuration), async (storage) => {
    const writer = new Writer(storage.stored?.image ?? blankImage, 100 * storage.incarnation);
    for (const deed of deeds) await storage.write(writer.records(deed));
    return writer.image;
  });
}

/** What the directory gives back. */
export async function readFrom(directory: string): Promise<{ image: Image; findings: string }> {
  return during(openDurable(directory, owner, configuration), async (storage) => ({
    image: imageIn(storage),
    findings: storage.findings.join(),
  }));
}

/** Does something to the records behind the storage's back. */
export async function tamper(directory: string, ...operations: readonly BatchOperation[]): Promise<void> {
  const library = await openLevelDb(join(directory, 'records'), false);
  await library.batch([...operations], { sync: true });
  await library.close();
}

/** What is recorded under the key. */
export async function recorded(directory: string, key: Uint8Array): Promise<Uint8Array> {
  const library = await openLevelDb(join(directory, 'records'), false);
  const bytes = await library.get(key);
  await library.close();
  if (bytes === undefined) throw new Error('Nothing is recorded there.');
  return bytes;
}
