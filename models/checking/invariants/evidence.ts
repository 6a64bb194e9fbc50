import type { StorageMode } from '../../../impl/index.ts';

/**
 * The evidence that a property's check is not vacuous: coverage marks that runs must reach, and a mutant that
 * breaks it.
 */
export interface Evidence {
  /** By the name of a coverage mark: the least number of times that the property's test must reach it. */
  readonly reached: Readonly<Record<string, number>>;
  /** The only mode in which runs can reach them, if it is not both. */
  readonly mode?: StorageMode;
  /** A mutant that breaks the property, and the group in which the test lets it. */
  readonly brokenBy: { readonly mutant: string; readonly replicas: number; readonly mode: StorageMode };
}
