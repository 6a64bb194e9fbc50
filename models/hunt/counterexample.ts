import type { Counterexample } from '../trace/counterexample.ts';
import { stepsOf } from '../trace/steps.ts';
import type { Failure } from './hunt.ts';

/** A violation that a search found, and its events. */
type Found = Pick<Failure, 'setup' | 'records' | 'violation' | 'phase'> & {
  readonly faultProfile: string | null;
};

/** The counterexample of a violation that a search found. It is not known to be minimal. */
export function counterexampleOf(
  { setup, faultProfile, records, violation, phase }: Found,
  mutant: string | null,
  seed: number | null,
): Counterexample {
  return {
    format: 'viewstamped-counterexample',
    version: 1,
    mutant,
    setup,
    seed,
    faultProfile,
    violation: { ...violation, event: records.length, phase },
    minimal: false,
    steps: stepsOf(records),
    events: records,
  };
}
