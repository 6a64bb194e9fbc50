/**
 * What tests the implementation: the simulated world, random hunts and exhaustive exploration. Hunts need the package
 * fast-check. Mutants are left out, because they are made from sources in TypeScript.
 *
 * @packageDocumentation
 */
export { Tally } from './checking/coverage/tally.ts';
export { Model } from './checking/model.ts';
export {
  allProperties,
  guaranteesOnly,
  type Properties,
  propertiesWhere,
  type Violation,
} from './checking/properties.ts';
export type { Bounds } from './explore/budget/bounds.ts';
export { type Budget, boundsOf, emptyBudget } from './explore/budget/budget.ts';
export {
  type ExplorationCallbacks,
  type ExplorationEnding,
  type ExplorationLimits,
  type ExplorationProgress,
  type Explored,
  explore,
  noLimits,
} from './explore/explore.ts';
export {
  noReductions,
  type Reductions,
  soundForAll,
  soundForCorrect,
  unsoundness,
} from './explore/reductions/reductions.ts';
export type { SearchCounts, SearchCoverage } from './explore/search/engine.ts';
export type { ExplorationSubject } from './explore/space/subject.ts';
export type { ExploredTrace } from './explore/space/trace.ts';
export { counterexampleOf } from './hunt/counterexample.ts';
export { type Failure, Hunt, type SetupTotals } from './hunt/hunt.ts';
export { type Ending, type Hunting, type HuntLimits, runHunt } from './hunt/runHunt.ts';
export type { Scope } from './hunt/schedules.ts';
export { type ScopeOptions, scopeOf } from './hunt/scope.ts';
export type { Phase, SystemUnderTest } from './runs/runCommands.ts';
export { type FaultProfile, faultProfiles } from './runs/schedules/faultProfile.ts';
export type { Counterexample } from './trace/counterexample.ts';
export { readCounterexample, writeCounterexample } from './trace/file/counterexampleFile.ts';
export {
  type Frame,
  type LocatedViolation,
  type Replayed,
  type ReplayOutcome,
  replay,
  type Settle,
} from './trace/replay.ts';
export { settling } from './trace/settling.ts';
export { disabledReason, enabled } from './world/enabled.ts';
export { type Event, type EventRecord, eventText, recordOf } from './world/event.ts';
export { type Implementation, realImplementation } from './world/implementation.ts';
export type { Packet } from './world/packet.ts';
export { type Choices, perform } from './world/perform.ts';
export { createWorld, type Machine, type PerformedEvent, type Setup, type World } from './world/world.ts';
