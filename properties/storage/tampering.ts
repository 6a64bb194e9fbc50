import { blankImage, type Image } from '../../impl/index.ts';
import { StorageWriter, type WriterAction } from '../../models/storage/storageWriter.ts';
import { imageIn, withStorage } from './outcome.ts';
import { openSmall } from './smallDisk.ts';

/** Performs the actions in the directory; yields the image that it then holds. */
export async function perform(directory: string, ...actions: readonly WriterAction[]): Promise<Image> {
  return withStorage(openSmall(directory), async (storage) => {
    const writer = new StorageWriter(storage.stored?.image ?? blankImage, 100 * storage.incarnation);
    for (const action of actions) await storage.write(writer.records(action));
    return writer.image;
  });
}

/** The image and the findings of a new opening. */
export async function readFrom(directory: string): Promise<{ image: Image; findings: string }> {
  return withStorage(openSmall(directory), async (storage) => ({
    image: imageIn(storage),
    findings: storage.findings.join(),
  }));
}
