import type { StorageMode } from '../../impl/index.ts';
import { type FaultProfile, faultProfiles } from '../runs/schedules/faultProfile.ts';
import { withVariants } from '../world/variants.ts';
import type { Setup } from '../world/world.ts';
import type { Scope } from './schedules.ts';

/** What a search is narrowed to. Where nothing is said, everything usual is tried. */
export interface ScopeOptions {
  readonly replicas?: number | undefined;
  readonly mode?: StorageMode | undefined;
  readonly faultProfile?: FaultProfile | undefined;
  readonly steps?: number | undefined;
}

/**
 * Group sizes that are tried unless one is asked for: the smallest that tolerate one failure and two, and an even one.
 * Most that can happen can happen among three, and sooner.
 */
const usualSizes: readonly number[] = [3, 4, 5];
const drawnTwice = 3;

/** Both storage modes. */
export const modes: readonly StorageMode[] = ['durable', 'diskless'];
const clients = 2;

/** How many commands a schedule has at most unless said otherwise. Long runs find more in the same time. */
export const usualSteps = 400;

/** Every combination of what is not narrowed down. */
export function scopeOf({ replicas, mode, faultProfile, steps }: ScopeOptions): Scope {
  const sizes = replicas === undefined ? usualSizes : [replicas];
  const whole = sizes.flatMap((size) =>
    (mode === undefined ? modes : [mode]).map((one): Setup => ({ replicas: size, mode: one, clients })),
  );
  const setups = withVariants(whole);
  const usual = replicas === undefined ? setups.filter((setup) => setup.replicas === drawnTwice) : [];
  return {
    setups: [...setups, ...usual],
    faultProfiles: faultProfile === undefined ? faultProfiles : [faultProfile],
    steps: steps ?? usualSteps,
  };
}
