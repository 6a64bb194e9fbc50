import { StorageError } from '../stableStorage.ts';
import { beginAnew } from './directory.ts';
import type { Superblock } from './superblock.ts';
import { type SlotContents, viewSlots } from './superblockFile.ts';

/** The superblock that counts, and the corruption of the log that choosing it revealed, one sentence each. */
export interface SuperblockChoice {
  readonly superblock: Superblock;
  readonly findings: readonly string[];
}

/**
 * Chooses the superblock that counts: the last one of the log, unless it is corrupt or the copy is later. Then the log has
 * lost its last writes, an unknown number of them, and the log is marked as corrupt. The latest view is still known,
 * because a new view is written to both slots of the copy before it is announced. Throws a StorageError if that does not
 * hold: a slot is corrupt too and may have named a later view, or both are and the log has lost its end.
 */
export function chooseSuperblock(
  own: Superblock | string,
  { latest, corruptions }: SlotContents,
  isLogWhole: boolean,
  directory: string,
): SuperblockChoice {
  const finding = findingOf(own, latest, isLogWhole || corruptions.length < viewSlots.length);
  if (finding === undefined && typeof own !== 'string') return { superblock: own, findings: [] };
  if (latest !== undefined && finding !== undefined && corruptions.length === 0)
    return { superblock: { ...latest, isCorrupt: true }, findings: [finding] };
  throw new StorageError(
    'corrupt',
    `${directory}: ${[finding, ...corruptions].join('; ')}. The view that this replica promised is lost. ${beginAnew}`,
  );
}

function findingOf(
  own: Superblock | string,
  latest: Superblock | undefined,
  isViewKnown: boolean,
): string | undefined {
  if (typeof own === 'string') return `the last superblock of the log: ${own}`;
  if (!isViewKnown) return `the log after write ${own.write} is corrupt, or a write was interrupted`;
  return latest !== undefined && own.write < latest.write
    ? `the log ends with write ${own.write}, and write ${latest.write} was durable`
    : undefined;
}
