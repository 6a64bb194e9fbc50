import type { Counterexample } from '../trace/counterexample.ts';
import { stepsOf } from '../trace/counterexample.ts';
import type { Find } from './hunt.ts';

/** What was found, by a hunt or otherwise, and in which group. */
type Story = Pick<Find, 'setup' | 'records' | 'violation' | 'phase'> & { readonly profile: string | null };

/** What was found as it is kept in a file, with where it came from. Nobody has shown that it is minimal. */
export function counterexampleOf(
  { setup, profile, records, violation, phase }: Story,
  ablation: string | null,
  seed: number | null,
): Counterexample {
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
