import { StorageError } from '../stableStorage.ts';
import type { Superblock } from './superblock.ts';
import type { SlotContents } from './superblockFile.ts';

/** The superblock that counts, and the corruption of the records that choosing it revealed, one sentence each. */
export interface SuperblockChoice {
  readonly superblock: Superblock;
  readonly findings: readonly string[];
}

/**
 * Chooses the superblock that counts: that of the records, unless it is corrupt or the copy is later. Then the records have
 * lost their last writes, an unknown number of them, and the log is marked as corrupt. The latest view is still known,
 * because a new view is written to both slots of the copy before it is announced. Throws a StorageError if that does not
 * hold: a slot is corrupt too and may have named a later view, or both are and the records have lost their end.
 */
export function chooseSuperblock(
  own: Superblock | string,
  { latest, corruptions }: SlotContents,
  areRecordsWhole: boolean,
  directory: string,
): SuperblockChoice {
  const finding = findingOf(own, latest, areRecordsWhole);
  if (finding === undefined && typeof own !== 'string') return { superblock: own, findings: [] };
  if (latest !== undefined && finding !== undefined && corruptions.length === 0)
    return { superblock: { ...latest, isCorrupt: true }, findings: [finding] };
  throw new StorageError(
    'corrupt',
    `${directory}: ${[finding, ...corruptions].join('; ')}. The view that this replica promised is lost. Never run it again: ` +
      'leave the group to the others.',
  );
}

function findingOf(
  own: Superblock | string,
  latest: Superblock | undefined,
  areRecordsWhole: boolean,
): string | undefined {
  if (typeof own === 'string') return `the superblock among the records: ${own}`;
  if (latest === undefined)
    return areRecordsWhole ? undefined : `the records after write ${own.write} are corrupt`;
  return own.write < latest.write
    ? `the records end with write ${own.write}, and write ${latest.write} was durable`
    : undefined;
}
