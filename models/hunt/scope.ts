import type { StorageMode } from '../../impl/index.ts';
import { type FaultProfile, faultProfiles } from '../runs/schedules/faultProfile.ts';
import { withVariants } from '../world/variants.ts';
import type { Setup } from '../world/world.ts';
import type { Scope } from './schedules.ts';

/** How a search is narrowed. An option that is left out keeps its usual values. */
export interface ScopeOptions {
  readonly replicas?: number | undefined;
  readonly mode?: StorageMode | undefined;
  readonly faultProfile?: FaultProfile | undefined;
  readonly steps?: number | undefined;
}

/**
 * The group sizes by default: the smallest that tolerate one failure and two, and an even one. Groups of
 * three are drawn twice as often, because most failures appear in them, and sooner.
 */
const usualSizes: readonly number[] = [3, 4, 5];
const drawnTwice = 3;

/** Both storage modes. */
export const modes: readonly StorageMode[] = ['durable', 'diskless'];
const clients = 2;

/** The most commands in a schedule by default. Long runs find more in the same time. */
export const usualSteps = 400;

/** Every combination of the options' values. */
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
