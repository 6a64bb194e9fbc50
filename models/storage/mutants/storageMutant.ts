import type { Edit, RuleChange } from '../../mutants/mutant.ts';

/** A mutant of the storage: it lacks one rule, so that `tryStorage` must fail. */
export type StorageMutant = Omit<RuleChange, 'section'>;

/** An edit of a file of the storage. */
export function edit(file: string, find: string, replace: string): Edit {
  return { file: `node/storage/durable/${file}`, find, replace };
}
