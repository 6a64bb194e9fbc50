import type { StorageMode } from '../../impl/index.ts';

/** What shows that a property can fail, and that it does not hold merely because nothing happened. */
export interface Evidence {
  /** Coverage marks by name, and how often the schedules that try the property must reach each, at the least. */
  readonly reached: Readonly<Record<string, number>>;
  /** A mutant that breaks the property, and a group in which it does. */
  readonly brokenBy: { readonly mutant: string; readonly replicas: number; readonly mode: StorageMode };
}
