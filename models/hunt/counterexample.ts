import type { Counterexample } from '../trace/counterexample.ts';
import { stepsOf } from '../trace/counterexample.ts';
import type { Find } from './hunt.ts';

/** A find as it is kept in a file. */
export function counterexampleOf(find: Find, ablation: string | null, seed: number): Counterexample {
  const { setup, profile, records, violation, phase } = find;
  return {
    format: 'viewstamped-counterexample',
    version: 1,
    ablation,
    setup,
    seed,
    profile,
    violation: { ...violation, event: records.length, phase },
    minimal: false,
    steps: stepsOf(records),
    events: records,
  };
}
