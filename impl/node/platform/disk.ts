import type { Files } from './files.ts';
import { nodeFiles } from './nodeFiles.ts';
import { type Random, systemRandom } from './random.ts';

/** Where storage lies, and what draws its names. */
export interface Disk {
  readonly files: Files;
  readonly random: Random;
  /** The size of a segment of the journal, in bytes. One that a single frame does not fit in is larger. */
  readonly segmentBytes: number;
}

/** The files of the operating system, with segments that a disk writes in some hundredths of a second. */
export const systemDisk: Disk = { files: nodeFiles, random: systemRandom, segmentBytes: 4 * 2 ** 20 };
