import { join } from 'node:path';
import type { Configuration } from '../../../replica/data/configuration.ts';
import type { Disk } from '../../platform/disk.ts';
import { writeCheckpoint } from '../durable/checkpointFiles.ts';
import { type DirectoryPaths, findFiles } from '../durable/directory.ts';
import { nameOf } from '../durable/journal/fileHeader.ts';
import { type OpenDirectory, replaceContent } from '../durable/openDirectory.ts';
import { type DirectoryOwner, superblockFieldsOf } from '../durable/superblock.ts';
import { isFormer, readFormer } from './formerImage.ts';

/**
 * Rewrites a directory of the former layout in the present one, and opens it. The copy of the superblock is written last: until it
 * is in the present layout, the records count, and what an interrupted rewriting left is removed. Yields undefined if that has
 * happened before, and only the records were left to remove.
 */
export async function rewriteFormer(
  disk: Disk,
  paths: DirectoryPaths,
  owner: DirectoryOwner,
  configuration: Configuration,
): Promise<OpenDirectory | undefined> {
  const { files } = disk;
  const { directory } = paths;
  if (!(await isFormer(files, paths.superblock))) {
    await files.remove(paths.records);
    return undefined;
  }
  const { image, superblock: former } = await readFormer(files, paths, owner, configuration);
  const { segments, checkpoints } = await findFiles(files, paths);
  for (const number of segments) await files.remove(join(directory, nameOf({ kind: 'log', number })));
  for (const number of checkpoints)
    await files.remove(join(directory, nameOf({ kind: 'checkpoint', number })));
  const { replica, store, incarnation, write } = former;
  const place = { ...disk, directory, store };
  const { checkpoint } = image;
  const nothing = { checkpoint: undefined, files: [] };
  const superblock = {
    ...{
      group: owner.group,
      replica,
      store,
      incarnation: incarnation + 1,
      write: write + 1,
      firstSegment: 1,
    },
    ...superblockFieldsOf(image),
    ...(owner.settings === undefined ? {} : { settings: owner.settings }),
    checkpointFiles: checkpoint === undefined ? [] : await writeCheckpoint(place, nothing, checkpoint, 1),
  };
  const opened = await replaceContent(place, paths, { image, superblock });
  await files.remove(paths.records);
  return opened;
}
