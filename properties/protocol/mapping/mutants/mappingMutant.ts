import type { FalsificationName } from '../falsified.ts';

/** A mistake in the mapping of the implementation to the protocol. */
export interface MappingMutant {
  readonly name: string;
  /** In models/checking/refinement/. */
  readonly file: string;
  /** The exact text that is replaced. It must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly noticed: Noticed;
}

/** How a mistake in the mapping shows. */
type Noticed =
  /** The kept trace of this mutant of the implementation is no longer caught, or later. */
  | { readonly misses: string }
  /** The mapping accepts a step that the protocol forbids. */
  | { readonly accepts: FalsificationName }
  /** There are false alarms: in honest runs, or on the kept trace of this mutant before the real mapping sees anything. */
  | { readonly alarms: string }
  /** It does not show, and why that is so. */
  | { readonly argued: string };
