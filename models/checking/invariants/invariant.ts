import type { Machine, World } from '../../world/world.ts';
import type { Evidence } from '../evidence.ts';
import type { GhostState } from '../ghost/ghostState.ts';

/** One replica's step in one event of the world. */
export interface ReplicaStep {
  readonly before: World;
  readonly after: World;
  /** What was said and done before this step. */
  readonly ghostState: GhostState;
  /** The same with what was executed in this step, and what was seen of it from outside. */
  readonly executed: GhostState;
  /** The replica that was stepped, its machine before the step and after it. */
  readonly number: number;
  readonly old: Machine;
  readonly now: Machine;
}

/**
 * A property about the inside of the group, as the paper argues its correctness: about one replica's step, or about how
 * the replicas stand to each other after it. The promise to the outside is in spec/.
 */
export interface Invariant {
  /** In kebab-case, unique among all properties. */
  readonly name: string;
  readonly level: 'step' | 'state';
  /** The property itself, and what it is good for. */
  readonly prose: string;
  readonly evidence: Evidence;
  /** A sentence that says what was seen and why it breaks the property, or undefined where it does not. */
  check(step: ReplicaStep): string | undefined;
}

/** A property about how the group stands when faults have stopped for long enough. */
export interface SettledInvariant {
  readonly name: string;
  readonly level: 'state';
  readonly prose: string;
  readonly evidence: Evidence;
  check(world: World): string | undefined;
}
