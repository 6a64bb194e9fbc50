import type { StorageMode } from '../../impl/index.ts';
import { type FaultProfile, faultProfiles } from '../runs/schedules/faultProfile.ts';
import type { Setup } from '../world/world.ts';
import type { Scope, ServiceScope } from './schedules.ts';

/** How a search is narrowed. An option that is left out keeps its usual values. */
export interface ScopeOptions {
  readonly replicas?: number | undefined;
  readonly mode?: StorageMode | undefined;
  readonly faultProfile?: FaultProfile | undefined;
  readonly steps?: number | undefined;
  readonly service?: ServiceScope | undefined;
}

/**
 * The group sizes by default, as often as they are drawn. Most failures appear in groups of three, and sooner; those of
 * five tolerate two failures at once.
 */
const usualSizes: readonly number[] = [
  ...Array.from({ length: 11 }, () => 3),
  ...[4, 4, 4, 5, 5, 5, 5],
  ...[1, 2, 6, 7],
];

/** Both storage modes. */
export const modes: readonly StorageMode[] = ['durable', 'diskless'];
const clients = 2;

/** The most commands in a schedule by default. Long runs find more in the same time. */
export const usualSteps = 400;

/** Every combination of the options' values. */
export function scopeOf({ replicas, mode, faultProfile, steps, service }: ScopeOptions): Scope {
  const sizes = replicas === undefined ? usualSizes : [replicas];
  const groups = [...new Set(sizes)]
    .sort((one, other) => one - other)
    .flatMap((size) =>
      (mode === undefined ? modes : [mode]).map((one): Setup => ({ replicas: size, mode: one, clients })),
    );
  return {
    setups: groups.flatMap((group) => sizes.filter((size) => size === group.replicas).map(() => group)),
    varied: true,
    faultProfiles: faultProfile === undefined ? faultProfiles : [faultProfile],
    steps: steps ?? usualSteps,
    service,
  };
}
