import type { Violation } from '../checking/properties.ts';
import type { EventRecord } from '../world/event.ts';
import type { Setup } from '../world/world.ts';

/** When, in the run of a counterexample, a property is broken. */
interface RecordedViolation extends Violation {
  /** The number, from 1, of the event at which it appears, or of the last one. */
  readonly event: number;
  /** `settling`: it appears only after the last event, when faults have stopped and all is delivered. */
  readonly phase: 'events' | 'settling';
}

/** A run that breaks a property, as it is kept: concrete events only, so that no generator is needed to repeat it. */
export interface Counterexample {
  readonly format: 'viewstamped-counterexample';
  readonly version: 1;
  /** The rule that was removed from the implementation, or null for the implementation as it stands. */
  readonly mutant: string | null;
  readonly setup: Setup;
  /** Where it came from, for information only. */
  readonly seed: number | null;
  readonly faultProfile: string | null;
  readonly violation: RecordedViolation;
  /** Whether an exhaustive search has found nothing shorter among all runs that spend no more: requests, timers, crashes … */
  readonly minimal: boolean;
  /** How many of the events count as steps: see `stepsOf`. */
  readonly steps: number;
  readonly events: readonly EventRecord[];
}
