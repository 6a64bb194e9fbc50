import type { Result } from '../../models/mutation/result.ts';
import type { Counterexample } from '../../models/trace/counterexample.ts';

/** A story of so many requests, which need not break anything. */
export function storyOf(steps: number): Counterexample {
  return {
    format: 'viewstamped-counterexample',
    version: 1,
    ablation: 'commit-quorum-short',
    setup: { replicas: 3, mode: 'durable', clients: 1 },
    seed: 1,
    profile: null,
    violation: { claim: 'never-lost', level: 'guarantee', seen: 'something', event: steps, phase: 'events' },
    minimal: false,
    steps,
    events: Array.from({ length: steps }, () => ({ type: 'request', client: 0 }) as const),
  };
}

/** What came of a hunt that took so many seconds and ten times as many events. It broke the claim, if one is named. */
export function resultOf(seed: number, seconds: number, claim?: string, retold?: number): Result {
  const story = retold === undefined ? null : storyOf(retold);
  return {
    ablation: 'commit-quorum-short',
    seed,
    digest: 'same',
    schedules: 1,
    events: seconds * 10,
    seconds,
    found: claim === undefined ? null : { claim, profile: 'storm', story },
  };
}
