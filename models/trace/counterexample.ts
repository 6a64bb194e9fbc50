import type { Violation } from '../checking/properties.ts';
import type { EventRecord } from '../world/event.ts';
import type { Setup } from '../world/world.ts';

/** A violation, and when it appears in the run of a counterexample. */
interface RecordedViolation extends Violation {
  /** The number of the event, from 1, at which it appears; of the last event if the phase is `settling`. */
  readonly event: number;
  /** `settling`: it appears only after the last event, while the group settles without faults. */
  readonly phase: 'events' | 'settling';
}

/** A run that breaks a property. It holds concrete events only, so replaying it needs no generator. */
export interface Counterexample {
  readonly format: 'viewstamped-counterexample';
  readonly version: 1;
  /** The mutant of the implementation, or null for the unchanged one. */
  readonly mutant: string | null;
  readonly setup: Setup;
  /** The seed and the fault profile that found it, for information only. */
  readonly seed: number | null;
  readonly faultProfile: string | null;
  readonly violation: RecordedViolation;
  /**
   * Whether exhaustive search has shown that no run with the same budget of requests, timers, crashes and so
   * on is shorter.
   */
  readonly minimal: boolean;
  /** The number of events that count as steps: see `stepsOf`. */
  readonly steps: number;
  readonly events: readonly EventRecord[];
}
