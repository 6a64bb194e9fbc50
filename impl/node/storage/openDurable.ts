import type { Configuration } from '../../replica/data/configuration.ts';
import { isMember } from '../../replica/data/membership.ts';
import { type Disk, systemDisk } from '../platform/disk.ts';
import type { FileLock } from '../platform/files.ts';
import { asStorageError, findFiles, lockDirectory, pathsIn, removeUnfinished } from './durable/directory.ts';
import { DurableStorage } from './durable/durableStorage.ts';
import { createDirectory, exists, type OpenDirectory, reopenDirectory } from './durable/openDirectory.ts';
import { readStarts, writeStarts } from './durable/startsFile.ts';
import type { DirectoryOwner } from './durable/superblock.ts';
import { rewriteFormer } from './former/rewriteFormer.ts';
import type { StableStorage } from './stableStorage.ts';
import { withStart } from './starts.ts';

/**
 * Opens a replica's storage in a directory, which is created if it does not exist, and locked until it is closed. Open it
 * after everything else that a replica needs: from then on the replica counts as one that has run. Rejects with a
 * StorageError. All records are read and checked here. Corruption that occurs while the storage is open is found at the next
 * opening.
 */
export async function openDurable(
  directory: string,
  owner: DirectoryOwner,
  configuration: Configuration,
  disk: Disk = systemDisk,
): Promise<StableStorage> {
  const { files } = disk;
  const paths = pathsIn(directory);
  let lock: FileLock | undefined;
  let opening: OpenDirectory | undefined;
  try {
    await findFiles(files, paths);
    lock = await lockDirectory(files, paths);
    await removeUnfinished(files, paths);
    const found = await findFiles(files, paths);
    const rewritten = found.records ? await rewriteFormer(disk, paths, owner, configuration) : undefined;
    opening =
      rewritten ??
      (exists(found)
        ? await reopenDirectory(disk, paths, owner, configuration)
        : await createDirectory(disk, paths, owner));
    const { known, finding } = await readStarts(files, paths, isMember(opening.content.image.membership));
    const starts = withStart(known, disk.random.uuid());
    await writeStarts(files, paths, starts);
    const findings = finding === undefined ? [] : [`${directory}: ${finding}`];
    return new DurableStorage(paths, lock, opening, starts, findings);
  } catch (error) {
    await opening?.journal.close();
    await opening?.superblockFile.close();
    await lock?.close();
    throw asStorageError(directory, 'opened', error);
  }
}
