import type { Promised } from '../model/history.ts';
import type { Observation } from '../model/observation.ts';

/** What a property is good for, in the words under which the literature treats it. */
export type GuaranteeKind =
  | 'agreement'
  | 'durability'
  | 'exactly-once'
  | 'validity'
  | 'linearizability'
  | 'liveness';

/** One sentence of the promise, and the observation that would refute it. */
export interface Guarantee {
  /** In kebab-case, unique among the properties. */
  readonly name: string;
  readonly kind: GuaranteeKind;
  /** The property itself, for a reader who knows nothing else. */
  readonly prose: string;
  /**
   * Judges an observation by what was known before it: a sentence that says what was seen and why it breaks
   * the property, or `undefined` where it does not. The other properties are left to their own files.
   */
  check(state: Promised, observation: Observation): string | undefined;
}
