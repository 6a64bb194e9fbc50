import type { HistoryError, HistoryOperation } from '../events/operations.ts';

/** An operation as a model sees it: its arguments, and its result if known. */
export type OperationContent = Pick<HistoryOperation, 'f' | 'argument' | 'result'>;

/** What an operation does in every state. `only`: the single state in which it can have its result, if there is just one. */
export type Nature<State> =
  /** It changes no state. */
  | { readonly kind: 'read'; readonly only?: State }
  /** It can have its result in every state, and always leads to the same state. */
  | { readonly kind: 'overwrite' }
  | { readonly kind: 'other'; readonly only?: State };

/**
 * A sequential object: how one key behaves when operations take effect one at a time. Keys are independent, so a history can
 * be checked key by key (Horn and Kroening 2015, P-compositionality).
 */
export interface SequentialModel<State> {
  /** The state of a key before its first operation. */
  readonly initial: State;
  /** Why this model does not know the operation, or undefined if it does. */
  validate(operation: HistoryOperation): HistoryError | undefined;
  /** The state after the operation, or undefined if it cannot have its result in this state. */
  apply(state: State, operation: OperationContent): State | undefined;
  /** What the operation does in every state. It speeds up the search; `{ kind: 'other' }` is always correct. */
  nature(operation: OperationContent): Nature<State>;
  /** Whether operations reach ever new states when they are repeated, so that those cannot be listed. */
  readonly isUnbounded?: true;
  /** The name of a state. Two states are the same exactly if their names are. */
  nameOf(state: State): string;
}
