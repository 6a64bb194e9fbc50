/**
 * The promise of a replicated service. `spec/README.md` explains it from top to bottom.
 *
 * @packageDocumentation
 */
export type { Guarantee, GuaranteeKind } from './guarantees/guarantee.ts';
export * from './guarantees/index.ts';
export {
  type AcceptedAnswer,
  beginning,
  type HistoryEntry,
  type Predicted,
  type Promised,
  type Result,
  type Service,
} from './model/history.ts';
export { type Json, sameJson } from './model/json.ts';
export {
  type Answered,
  type Executed,
  type Kept,
  type Observation,
  observe,
  type ReadAnswered,
  type Restarted,
  type Settled,
  type Submitted,
} from './model/observation.ts';
export { nameOf, type Request, sameIdentity, sameRequest } from './model/request.ts';
