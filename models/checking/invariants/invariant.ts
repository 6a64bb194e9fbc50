import type { ClientMachine, Machine, Setup, World } from '../../world/world.ts';
import type { GhostState } from '../ghost/ghostState.ts';
import type { StepFilter } from '../stepFilter.ts';
import type { TimedRequest } from '../timedRequest.ts';
import type { Traffic } from '../traffic.ts';
import type { Evidence } from './evidence.ts';

/** One replica's step in one event of the world. */
export interface ReplicaStep {
  readonly before: World;
  readonly after: World;
  /** The ghost state before this step. */
  readonly ghostState: GhostState;
  /** The ghost state with the entries executed in this step and its observations. */
  readonly executed: GhostState;
  /** The number of the replica that took the step, and its machine before and after. */
  readonly number: number;
  readonly old: Machine;
  readonly now: Machine;
}

/** One client's step in one event of the world. */
export interface ClientStep {
  readonly after: World;
  /** The number of the client that took the step, and its machine after it. */
  readonly number: number;
  readonly now: ClientMachine;
}

/**
 * A property of the replicas, as in the paper's argument for correctness: of one replica's step, or of the
 * group's state after it. The guarantees, which are properties of what clients see, are in spec/.
 */
export interface Invariant extends StepFilter {
  /** In kebab-case, unique among all properties. */
  readonly name: string;
  readonly level: 'step' | 'state';
  /** The invariant in a sentence or two. */
  readonly prose: string;
  readonly evidence: Evidence;
  /** Whether it can break in a group with this setup, so that the others need not ask; in every one by default. */
  concerns?(setup: Setup): boolean;
  /** Returns a sentence that says what was seen and why it breaks the invariant, or undefined if it holds. */
  check(step: ReplicaStep): string | undefined;
  /** The same for a client's step. An invariant without it says nothing about clients. */
  checkClient?(step: ClientStep): string | undefined;
}

/** An invariant of the group's state once faults have stopped for long enough. */
export interface SettledInvariant {
  readonly name: string;
  readonly level: 'state';
  readonly prose: string;
  readonly evidence: Evidence;
  check(world: World, atRest: AtRest): string | undefined;
}

/** What was asked of a group at rest, if anything was. */
export interface AtRest {
  /** What was sent for a request. */
  readonly calm?: Traffic | undefined;
  /** Requests at different times, in order. */
  readonly timed?: readonly TimedRequest[];
  readonly ghostState?: GhostState;
}
