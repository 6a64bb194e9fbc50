import type { AgreedCheckpoint, Commit, Log } from '../impl/index.ts';

/** ⟨COMMIT v, k, d⟩ from a primary that holds this log. */
export function commitOf(
  log: Log,
  commitNumber: number,
  viewNumber = 0,
  agreed: AgreedCheckpoint | null = null,
): Commit {
  const suffix = log.prefix(commitNumber).suffix(commitNumber);
  return { type: 'COMMIT', viewNumber, commitNumber, suffix, agreed };
}
