/** What a replicated service promises. `spec/README.md` leads through it, from top to bottom. */
export type { Guarantee as Property, GuaranteeKind as Guarantee } from './guarantees/guarantee.ts';
export * from './guarantees/index.ts';
export {
  type Answer,
  beginning,
  type Entry,
  type Predicted,
  type Promised,
  type Service,
} from './history.ts';
export { type Json, sameJson } from './json.ts';
export {
  type Answered,
  type Executed,
  type Kept,
  type Observation,
  observe,
  type Restarted,
  type Settled,
  type Submitted,
} from './observation.ts';
export { nameOf, type Request, sameIdentity, sameRequest } from './request.ts';
