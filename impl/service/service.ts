import type { Json } from '../tree/json.ts';
import type { Tree } from '../tree/tree.ts';
import type { Schema } from './schema.ts';

/**
 * What may be requested of a service with these operations: those, or any JSON value where the service does not tell their type, as
 * one does that is not made by `defineService` with a schema.
 */
export type Requested<Operation> = unknown extends Operation ? Json : Operation;

/** The result of applying one operation. */
export interface Applied<State, Result extends Json = Json> {
  readonly state: State;
  readonly result: Result;
}

/** What an operation made of one key. */
export type Change =
  | { readonly type: 'set'; readonly key: string; readonly value: Json }
  | { readonly type: 'delete'; readonly key: string };

/**
 * The primary's prediction for an operation, made when it orders the operation. All replicas apply the operation with
 * it (VRR §4.4).
 */
export interface Predicted {
  /** Milliseconds, a whole number from 0. Never less than for the operation before. */
  readonly time: number;
  /** A random whole number of 32 bits, from 0. */
  readonly random: number;
}

/**
 * The replicated service (VRR §2): a deterministic state machine. Every replica applies the same operations in the
 * same order, so `apply` may depend on its arguments only, and must leave the old state valid. Time and random
 * numbers come from the prediction. `defineService` makes one from its typed parts.
 */
export interface Service<State = unknown, Operation = unknown, Result extends Json = Json> {
  /** The state before the first operation. */
  readonly initial: State;
  /**
   * Why this service cannot run the operation, or undefined if it can. An operation with a reason never reaches the
   * log.
   */
  validate(operation: Json): string | undefined;
  /**
   * The state after the operation, and its result. Called only with operations that `validate` accepts. If it throws, or
   * returns what its type forbids, the operation fails and the state stays. Its arguments are frozen.
   */
  apply(state: State, operation: Json, predicted: Predicted): Applied<State, Result>;
  /** Whether the operation changes no state, whatever the state is. By default none is known to. */
  isRead?(operation: Json): boolean;
  /**
   * What an executed operation with this result has changed, in order, for clients that watch a key. What keys and values are is up
   * to the service. It depends on its arguments only. Without it no client can watch anything.
   */
  changes?(operation: Json, result: Result): readonly Change[];
  /**
   * The state in named parts, of which checkpoints consist (VRR §5.1). Equal states have equal parts. A replica that
   * lags fetches only the parts that it lacks, so a part should be small, and change only with its share of the
   * state. Without `snapshot` and `restore`, the state must be a Tree, or a Json value, whose text is divided into parts.
   */
  snapshot?(state: State): Tree;
  /** The state that consists of these parts. Throws an Error if no state does. */
  restore?(parts: Tree): State;
  /** What describes the operations, if the service was defined with it. */
  readonly schema?: Schema<Operation>;
  /** The types of operations, as clients send them, and of results. No service has this member: it is for the compiler. */
  readonly types?: { readonly operation: Operation; readonly result: Result };
}
