import type { Group } from '../../spec/protocol/index.ts';
import type { Left } from './choices.ts';

/** A group and what may happen to it. */
export interface Bounds {
  readonly mode: Group['mode'];
  readonly bounds: Left;
}

/** What `npm run spec` explores by itself, with three replicas: most in both modes. Where nothing crashes, the modes do not differ for reads. */
export const usualBounds: readonly Bounds[] = [
  ...inBothModes(),
  { mode: 'durable', bounds: { requests: 1, timeouts: 1, crashes: 0, reads: 1, rounds: 1 } },
];

function inBothModes(): readonly Bounds[] {
  return [
    { requests: 1, timeouts: 1, crashes: 0 },
    { requests: 2, timeouts: 1, crashes: 0 },
    { requests: 1, timeouts: 1, crashes: 1 },
    { requests: 1, timeouts: 0, crashes: 0, losses: 1 },
    { requests: 0, timeouts: 1, crashes: 0, losses: 1 },
  ].flatMap((bounds): readonly Bounds[] => [
    { mode: 'durable', bounds },
    { mode: 'diskless', bounds },
  ]);
}
