import type { Counterexample } from '../trace/counterexample.ts';
import { stepsOf } from '../trace/steps.ts';
import type { Failure } from './hunt.ts';

/** What was found, by a hunt or otherwise, and in which group. */
type Trace = Pick<Failure, 'setup' | 'records' | 'violation' | 'phase'> & {
  readonly faultProfile: string | null;
};

/** What was found as it is kept in a file, with where it came from. Nobody has shown that it is minimal. */
export function counterexampleOf(
  { setup, faultProfile, records, violation, phase }: Trace,
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
