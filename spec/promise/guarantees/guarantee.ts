import type { Promised } from '../model/history.ts';
import type { Observation } from '../model/observation.ts';

/** What a guarantee provides, in the terms of the literature. */
export type GuaranteeKind =
  | 'agreement'
  | 'durability'
  | 'exactly-once'
  | 'validity'
  | 'linearizability'
  | 'liveness';

/** One property of the promise, and the check that refutes it. */
export interface Guarantee {
  /** In kebab-case, unique among all properties. */
  readonly name: string;
  readonly kind: GuaranteeKind;
  /** The guarantee in a sentence or two, for a reader who knows nothing else. */
  readonly prose: string;
  /**
   * Checks an observation against what was known before it. Returns a sentence that says what was seen and
   * why it breaks this guarantee, or `undefined` if it does not.
   */
  check(state: Promised, observation: Observation): string | undefined;
}
