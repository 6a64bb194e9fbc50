import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import type { StoredFile } from '../platform/files.ts';

/**
 * Milliseconds in which a disk must make durable what it was given. A primary that waits for ever still shows signs of life, so that no
 * other replica would take its place.
 */
const longestSync = 30_000;

/**
 * The same disk, on which a sync or a durable write that does not end in time rejects with an Error. It may take effect later: the
 * directory stays locked until then.
 */
export function withBoundedSyncs(disk: Disk, clock: Clock): Disk {
  const { files } = disk;
  const late = new Set<Promise<void>>();
  const bounded = async (sync: Promise<void>): Promise<void> => {
    let stop: () => void = () => undefined;
    const limit = new Promise<never>((_, reject) => {
      stop = clock.after(longestSync, () => {
        late.add(sync);
        reject(new Error(`a sync has not ended for ${longestSync / 1000} s`));
      });
    });
    try {
      await Promise.race([sync, limit]);
    } finally {
      stop();
    }
  };
  const boundedFile = (file: StoredFile, isDurable: boolean): StoredFile => ({
    size: () => file.size(),
    read: (position, length) => file.read(position, length),
    write: (position, bytes) =>
      isDurable ? bounded(file.write(position, bytes)) : file.write(position, bytes),
    truncate: (length) => file.truncate(length),
    sync: () => bounded(file.sync()),
    close: () => withoutLate(() => file.close()),
  });
  /** Ends something now, or once what is late has ended, without waiting for that. */
  const withoutLate = async (end: () => Promise<void>): Promise<void> => {
    if (late.size === 0) return end();
    void Promise.allSettled(late).then(end);
  };
  return {
    ...disk,
    files: {
      list: (directory) => files.list(directory),
      realPath: (path) => files.realPath(path),
      makeDirectory: (directory) => files.makeDirectory(directory),
      read: (path, position, length) => files.read(path, position, length),
      size: (path) => files.size(path),
      open: async (path, isNew, isDurable = false) =>
        boundedFile(await files.open(path, isNew, isDurable), isDurable),
      rename: (from, to) => files.rename(from, to),
      remove: (path) => files.remove(path),
      syncDirectory: (directory) => bounded(files.syncDirectory(directory)),
      lock: async (path) => {
        const lock = await files.lock(path);
        return lock && { close: () => withoutLate(() => lock.close()) };
      },
    },
  };
}
