import type { HuntResult } from '../../models/mutation/hunts/result.ts';
import type { Counterexample } from '../../models/trace/counterexample.ts';

/** A trace of so many requests, which need not break a property. */
function traceOf(steps: number): Counterexample {
  return {
    format: 'viewstamped-counterexample',
    version: 1,
    mutant: 'commit-quorum-short',
    setup: { replicas: 3, mode: 'durable', clients: 1 },
    seed: 1,
    faultProfile: null,
    violation: {
      property: 'never-lost',
      level: 'guarantee',
      seen: 'something',
      event: steps,
      phase: 'events',
    },
    minimal: false,
    steps,
    events: Array.from({ length: steps }, () => ({ type: 'request', client: 0 }) as const),
  };
}

/** The result of a hunt of so many seconds and ten times as many events, which broke the named property, if any. */
export function resultOf(seed: number, seconds: number, property?: string, shortened?: number): HuntResult {
  const trace = shortened === undefined ? null : traceOf(shortened);
  return {
    mutant: 'commit-quorum-short',
    seed,
    digest: 'same',
    schedules: 1,
    events: seconds * 10,
    seconds,
    found: property === undefined ? null : { property, faultProfile: 'storm', trace },
  };
}
