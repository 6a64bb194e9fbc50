import type { GhostState } from '../../models/checking/ghost/ghostState.ts';
import type { Invariant } from '../../models/checking/invariants/invariant.ts';
import type { Problem } from '../../models/conform/problem.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import type { Implementation } from '../../models/world/implementation.ts';
import { seed } from '../seed.ts';
import { JudgedWorld } from './tracedWorld.ts';

/** Judges the traces of simulated runs, each as it grows. */
export class Judging {
  /** The first step of any run that is not legal. */
  problem: Problem | undefined;
  readonly taken = new Map<string, number>();
  private readonly worlds = new WeakMap<GhostState['identities'], JudgedWorld>();
  private readonly hunt: Hunt;

  constructor(implementation: Implementation) {
    const invariant: Omit<Invariant, 'evidence'> = {
      name: 'conforms',
      level: 'step',
      prose: 'The traces of the group are legal.',
      check: (step) => {
        const { altered, overload, inPlace, impure } = step.before.setup;
        // A replica that is changed in place shows no state before its step. Each of the others breaks a promise of the replica or of its machine.
        if (inPlace || [altered, overload, impure].some((one) => one !== undefined)) return undefined;
        const { identities } = step.ghostState;
        const world = this.worlds.get(identities) ?? new JudgedWorld(step.before);
        this.worlds.set(identities, world);
        this.problem ??= world.step(step);
        for (const [name, times] of world.run?.taken ?? [])
          this.taken.set(name, Math.max(times, this.taken.get(name) ?? 0));
        return undefined;
      },
    };
    const properties = { guarantees: [], invariants: [invariant], settled: [] };
    this.hunt = new Hunt({ implementation, properties }, scopeOf({}), seed);
  }

  /** Runs so many schedules more. Returns how many there were in all. */
  batch(schedules: number): number {
    if (this.hunt.batch(schedules) !== undefined) throw new Error('No property of the hunt can fail.');
    return this.hunt.totals.schedules;
  }
}
