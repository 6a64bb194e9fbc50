import type { Promised } from '../history.ts';
import type { Observation } from '../observation.ts';

/** What a claim is good for, in the words under which the literature treats it. */
export type Guarantee =
  | 'agreement'
  | 'durability'
  | 'exactly-once'
  | 'validity'
  | 'linearizability'
  | 'liveness';

/** One sentence of the promise, and the observation that would refute it. */
export interface Claim {
  /** In kebab-case, unique among the claims. */
  readonly name: string;
  readonly guarantee: Guarantee;
  /** The claim itself, for a reader who knows nothing else. */
  readonly prose: string;
  /**
   * Judges an observation by what was known before it: a sentence that says what was seen and why it breaks
   * the claim, or `undefined` where it does not. The other claims are left to their own files.
   */
  broken(state: Promised, observation: Observation): string | undefined;
}
