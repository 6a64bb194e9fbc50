import { expect, it } from 'vitest';
import type { Clock } from '../../impl/node/platform/clock.ts';
import type { Disk } from '../../impl/node/platform/disk.ts';
import { withBoundedSyncs } from '../../impl/node/storage/boundedSyncs.ts';
import { simulatedDisk } from '../../models/storage/simulatedDisk.ts';
import { SimulatedFiles } from '../../models/storage/simulatedFiles.ts';

/** A clock of which each timer fires when it is told to. */
function manualClock() {
  const due = new Set<() => void>();
  const delays: number[] = [];
  const clock: Clock = {
    now: () => 0,
    after: (delay, callBack) => {
      delays.push(delay);
      due.add(callBack);
      return () => due.delete(callBack);
    },
  };
  return { clock, due, delays };
}

/** A disk on which syncs of directories wait until they are let go. */
function heldDisk() {
  const disk = simulatedDisk(SimulatedFiles.empty(), 1_024);
  const held = new Set<() => void>();
  const files: Disk['files'] = {
    ...bound(disk.files),
    syncDirectory: () => new Promise<void>((resolve) => held.add(resolve)),
  };
  return { disk: { ...disk, files }, letGo: () => held.forEach((resolve) => void resolve()) };
}

function bound(files: Disk['files']): Disk['files'] {
  return {
    list: (directory) => files.list(directory),
    realPath: (path) => files.realPath(path),
    makeDirectory: (directory) => files.makeDirectory(directory),
    read: (path, position, length) => files.read(path, position, length),
    size: (path) => files.size(path),
    open: (path, isNew, isDurable) => files.open(path, isNew, isDurable),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncDirectory: (directory) => files.syncDirectory(directory),
    lock: (path) => files.lock(path),
  };
}

it('A sync or a durable write that has not ended after 30 s is rejected, and one that ends leaves no timer', async () => {
  const files = SimulatedFiles.empty({ at: 8, how: { type: 'stop' } });
  const { clock, due, delays } = manualClock();
  const disk = withBoundedSyncs(simulatedDisk(files, 1_024), clock);
  const file = await disk.files.open('/file', true);
  const durable = await disk.files.open('/durable', true, true);
  await file.write(0, Buffer.from('text'));
  await durable.write(0, Buffer.from('text'));
  await file.sync();
  await disk.files.syncDirectory('/');
  expect([...due]).toEqual([]);
  const late = [file.sync(), disk.files.syncDirectory('/'), durable.write(0, Buffer.from('late'))];
  for (const fire of due) fire();
  for (const sync of late) await expect(sync).rejects.toThrow('a sync has not ended for 30 s');
  expect(new Set(delays)).toEqual(new Set([30_000]));
});

it('A directory stays locked until a sync that was given up has ended', async () => {
  const { disk, letGo } = heldDisk();
  const { clock, due } = manualClock();
  const { files } = withBoundedSyncs(disk, clock);
  const lock = await files.lock('/lock');
  const sync = files.syncDirectory('/');
  for (const fire of due) fire();
  await expect(sync).rejects.toThrow('a sync has not ended');
  await lock?.close();
  expect(await files.lock('/lock')).toBeUndefined();
  letGo();
  await expect.poll(() => files.lock('/lock')).toBeDefined();
});
