import fc from 'fast-check';
import { type Disk, systemDisk } from '../../impl/node/platform/disk.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { configuration, owner, type WriterAction } from '../../models/storage/storageWriter.ts';

/** A disk whose segments hold a few frames, so that even a short history has several. */
export const smallDisk: Disk = { ...systemDisk, segmentBytes: 4096 };

/** Opens the storage of the replica that is tested. */
export function openSmall(directory: string, disk = smallDisk): Promise<StableStorage> {
  return openDurable(directory, owner, configuration, disk);
}

/** Any small action. */
export const writerActions: fc.Arbitrary<WriterAction> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      entries: fc.nat(12),
      back: fc.nat(4),
      views: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'checkpoint' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('jump' as const),
      ahead: fc.integer({ min: 1, max: 9 }),
      entries: fc.nat(5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('viewRecord' as const), views: fc.nat(2) }) },
);
