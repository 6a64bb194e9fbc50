import type { Violation } from '../../models/checking/properties.ts';
import type { Counterexample } from '../../models/trace/counterexample.ts';
import { stepsOf } from '../../models/trace/steps.ts';
import type { EventRecord } from '../../models/world/event.ts';

export const deliver = (message: string): EventRecord => ({ type: 'deliver', message, rank: 0 });

/** One request from asking to answer; then the primary crashes, and its last message arrives after that. */
export const trace: readonly EventRecord[] = [
  { type: 'request', client: 0 },
  deliver('REQUEST c0/0 s1 c0→r0'),
  deliver('PREPARE v0 n1 r0→r1'),
  deliver('PREPAREOK v0 n1 r1→r0'),
  deliver('REPLY v0 s1 r0→c0'),
  { type: 'crash', replica: 0, survivors: 0 },
  deliver('PREPARE v0 n1 r0→r2'),
  { type: 'timer', replica: 1, timer: 'suspect' },
  { type: 'sync', replica: 1 },
  deliver('STARTVIEWCHANGE v1 r1→r2'),
  { type: 'restart', replica: 0 },
];

/** One event of each kind, whether or not it can happen. */
export const oneOfEach: readonly EventRecord[] = [
  { type: 'request', client: 1 },
  { type: 'retry', client: 0 },
  { type: 'restart-client', client: 0 },
  { type: 'deliver', message: 'PREPARE v0 n1 r0→r1', rank: 2 },
  { type: 'drop', message: 'COMMIT v0 k1 r0→r1', rank: 0 },
  { type: 'duplicate', message: 'REPLY v0 s1 r0→c0', rank: 0 },
  { type: 'timer', replica: 2, timer: 'heartbeat' },
  { type: 'sync', replica: 0, writes: 2 },
  { type: 'crash', replica: 0, survivors: 2 },
  { type: 'restart', replica: 0 },
  {
    type: 'partition',
    cut: [
      [0, 2],
      [1, 2],
    ],
    loses: true,
  },
  { type: 'heal' },
];

/** A counterexample of these events, said to break `never-lost` with the last one. */
export function counterexampleOf(
  events: readonly EventRecord[],
  changed: Partial<Counterexample> = {},
): Counterexample {
  const violation: Violation = { property: 'never-lost', level: 'guarantee', seen: 'Nothing was seen.' };
  return {
    format: 'viewstamped-counterexample',
    version: 1,
    mutant: null,
    setup: { replicas: 3, mode: 'diskless', clients: 2 },
    seed: null,
    faultProfile: null,
    violation: { ...violation, event: events.length, phase: 'events' },
    minimal: false,
    steps: stepsOf(events),
    events,
    ...changed,
  };
}

/** With too small a quorum, the primary alone commits what only it holds. */
export const shortQuorum: Counterexample = counterexampleOf(trace.slice(0, 2), {
  mutant: 'commit-quorum-short',
});
