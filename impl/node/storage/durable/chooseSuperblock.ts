import { StorageError } from '../stableStorage.ts';
import type { Superblock } from './superblock.ts';
import type { SlotContents } from './superblockFile.ts';

/** The superblock that counts, and what it tells of harm to the records, one sentence each. */
export interface SuperblockChoice {
  readonly superblock: Superblock;
  readonly findings: readonly string[];
}

/**
 * Which superblock counts: the records' own, unless it is harmed or the copy is later. Then the last writes are lost, and
 * nobody knows how many followed that of the copy: the log is damaged. The views of these were on the disk twice, and both
 * slots of the copy name them. So if one of those is harmed too, it may have named a later view than the other; and if both
 * are, and the records are not whole, these may have held a later superblock. Throws a StorageError then.
 */
export function chooseSuperblock(
  own: Superblock | string,
  { latest, corruptions: harms }: SlotContents,
  areRecordsWhole: boolean,
  directory: string,
): SuperblockChoice {
  const finding = findingOf(own, latest, areRecordsWhole);
  if (finding === undefined && typeof own !== 'string') return { superblock: own, findings: [] };
  if (latest !== undefined && finding !== undefined && harms.length === 0)
    return { superblock: { ...latest, isDamaged: true }, findings: [finding] };
  throw new StorageError(
    'harmed',
    `${directory}: ${[finding, ...harms].join('; ')}. What this replica promised is lost. It must not run again: leave the ` +
      'group to the others.',
  );
}

function findingOf(
  own: Superblock | string,
  latest: Superblock | undefined,
  areRecordsWhole: boolean,
): string | undefined {
  if (typeof own === 'string') return `the superblock among the records: ${own}`;
  if (latest === undefined)
    return areRecordsWhole ? undefined : `what was recorded after write ${own.write} is harmed`;
  return own.write < latest.write
    ? `the records end with write ${own.write}, and write ${latest.write} was durable`
    : undefined;
}
