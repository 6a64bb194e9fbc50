import type { Files } from '../../platform/files.ts';
import { nodeFiles } from '../../platform/nodeFiles.ts';

/** Where storage lies. */
export interface Disk {
  readonly files: Files;
  /** The size of a segment of the journal, in bytes. One that a single frame does not fit in is larger. */
  readonly segmentBytes: number;
}

/** The files of the operating system, with segments that a disk writes in some hundredths of a second. */
export const systemDisk: Disk = { files: nodeFiles, segmentBytes: 4 * 2 ** 20 };
