import type { Disk } from '../../impl/node/platform/disk.ts';
import { randomNumbers } from '../runs/schedules/random.ts';
import type { SimulatedFiles } from './simulatedFiles.ts';

/** A simulated disk with segments of this size. The names that it draws depend on what has happened to its files alone. */
export function simulatedDisk(files: SimulatedFiles, segmentBytes: number): Disk {
  const next = randomNumbers(files.operations + 1);
  const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => next() % 256));
  const random: Disk['random'] = {
    integer: (below) => next() % below,
    uuid: () => bytes(16).toString('hex'),
    bytes,
  };
  return { files, random, segmentBytes };
}
