import type { Json } from '../tree/json.ts';
import type { Tree } from '../tree/tree.ts';

/** What applying one operation yields. */
export interface Applied<State> {
  readonly state: State;
  readonly result: Json;
}

/** What the primary predicted when it ordered an operation, and what all replicas are told alike (VRR §4.4). */
export interface Predicted {
  /** Milliseconds, a whole number from 0. Never less than for the operation before. */
  readonly time: number;
  /** A whole number of 32 bits, from 0. */
  readonly random: number;
}

/**
 * The replicated service (VRR §2): a deterministic state machine. Every replica applies the same operations in
 * the same order, so `apply` may depend on nothing but its arguments, and must leave the old state valid. What
 * the time is, and what is drawn by chance, it may ask of nobody: that was predicted, and agreed on with the operation.
 */
export interface Service<State = unknown> {
  readonly initial: State;
  /** Why this service cannot run the operation, or undefined if it can. Refused operations never reach the log. */
  validate(operation: Json): string | undefined;
  /** The state after the operation, and its result. Called only with operations that `refusal` let pass. */
  apply(state: State, operation: Json, predicted: Predicted): Applied<State>;
  /**
   * The state in named parts, of which checkpoints consist (VRR §5.1). Equal states have equal parts. A replica that lags
   * behind fetches only the parts that it lacks, so a part should be small, and stay what it is where its share of the
   * state did not change. Without this method and `restore` the state must be a Json value, and is cut up as text.
   */
  snapshot?(state: State): Tree;
  /** The state that consists of these parts. Throws an Error if no state does. */
  restore?(parts: Tree): State;
}
