import { Tally } from '../../checking/coverage/tally.ts';
import { Model } from '../../checking/model.ts';
import type { Properties, Violation } from '../../checking/properties.ts';
import { settle } from '../../runs/liveness/settle.ts';
import { PropertyViolated, Run } from '../../runs/run/run.ts';
import type { Phase } from '../../runs/runCommands.ts';
import type { Space } from '../space/space.ts';
import { layout } from '../states/components.ts';
import { Origins } from './origins.ts';
import { Queue } from './queue.ts';
import type { Visited } from './visited.ts';

/** A violation, and the path to it: for each state on the way, the index of the move that was made. */
export interface FoundViolation {
  readonly violation: Violation;
  readonly path: readonly number[];
  readonly phase: Phase;
}

/** Which states must settle once faults stop: one in `oneIn`, chosen by their hashes; 0 means none. */
interface Sampling {
  readonly properties: Properties;
  readonly oneIn: number;
}

/** Which state is expanded next: one with the fewest steps, or the one that was found last. */
export type SearchOrder = 'breadth' | 'depth';

/**
 * Search of a space. Breadth-first it goes level by level: a level holds the states that some number of steps leads to.
 * Its first phase adds the states that free events lead to, and its second phase makes one step from each, which leads to
 * the next level. So the first violation that is found takes as few steps as any. Depth-first there is one level without
 * phases.
 */
export class Search {
  /** How many moves were made. */
  transitions = 0;
  /** How many states were checked for settling. */
  settled = 0;
  /** The coverage marks that steps to new states reached. */
  reached = new Tally();
  readonly origins = new Origins();
  readonly space: Space;
  visited: Visited;
  private readonly sampling: Sampling;
  private readonly order: SearchOrder;
  /** The states that wait to be expanded, depth-first. */
  private readonly stack: Uint32Array[] = [];
  /** How many of the states another search counts. */
  private counted = 0;
  private level = new Queue();
  private following = new Queue();
  private phase: 'free' | 'step' = 'free';

  constructor(space: Space, visited: Visited, sampling: Sampling, order: SearchOrder = 'breadth') {
    this.space = space;
    this.order = order;
    this.visited = visited;
    this.sampling = sampling;
    this.add(space.root, 0, 0, this.level);
  }

  /** How many states were found. */
  get states(): number {
    return this.origins.length - this.counted;
  }

  /** The memory that visited and waiting states take, in bytes. */
  get bytes(): number {
    const waiting = this.level.bytes + this.following.bytes;
    return this.visited.table.byteLength + this.origins.bytes + waiting;
  }

  /** Expands up to `most` states of the level in its present phase. Returns a violation, or how many it expanded. */
  expand(most: number): FoundViolation | number {
    for (let done = 0; done < most; done++) {
      const state = this.order === 'depth' ? this.stack.pop() : this.level.read();
      if (state === undefined) return done;
      const found = this.expandOne(state);
      if (found !== undefined) return found;
    }
    return most;
  }

  /** Begins the level's second phase, once its free events are done. */
  beginSteps(): void {
    this.phase = 'step';
    this.level.rewind();
  }

  /** Begins the next level. Returns how many states it holds so far. */
  beginLevel(): number {
    this.level = this.following;
    this.following = new Queue();
    this.phase = 'free';
    return this.level.length;
  }

  /**
   * Keeps one share of the level's states and leaves the others to other searches that have come just as far. Only share
   * 0 goes on counting what was done so far.
   */
  keepShare(share: number, of: number): void {
    const kept = new Queue();
    for (let index = 0; ; index++) {
      const state = this.level.read();
      if (state === undefined) break;
      if (index % of === share) kept.push(state);
    }
    this.level = kept;
    if (share === 0) return;
    this.counted = this.origins.length;
    this.transitions = 0;
    this.settled = 0;
    this.reached = new Tally();
    this.space.uses.length = 0;
  }

  private expandOne(state: Uint32Array): FoundViolation | undefined {
    const { space } = this;
    const number = state[layout.state] ?? 0;
    const wanted = this.phase === 'step';
    const moves = space.movesIn(state);
    for (let index = 0; index < moves.length; index++) {
      const move = moves[index];
      if (move === undefined || (move.step !== wanted && this.order === 'breadth')) continue;
      const step = space.take(state, move);
      if (step === 'impossible') continue;
      this.transitions++;
      if (step !== 'stepped') return this.violationAt(step, number, index, 'events');
      if (!this.add(space.next, number, index, wanted ? this.following : this.level)) continue;
      space.noteCoverage(this.reached);
      const violation = this.isSampled() ? this.settle(space.next) : undefined;
      if (violation !== undefined) return this.violationAt(violation, number, index, 'settling');
    }
    return undefined;
  }

  private violationAt(violation: Violation, state: number, move: number, phase: Phase): FoundViolation {
    return { violation, path: [...this.origins.pathTo(state), move], phase };
  }

  /** Adds the state if it is new. Returns whether it is. */
  private add(state: Uint32Array, parent: number, move: number, queue: Queue): boolean {
    const { components } = this.space;
    this.low = components.hashOf(state);
    if (!this.visited.insert(this.low, components.high)) return false;
    state[layout.state] = this.origins.push(parent, move);
    if (this.order === 'depth') this.stack.push(state.slice(0, state[layout.size]));
    else queue.push(state);
    return true;
  }

  private low = 0;

  private isSampled(): boolean {
    const { oneIn } = this.sampling;
    return oneIn > 0 && this.low % oneIn === 0;
  }

  /** Stops all faults in this state and lets the group settle. Returns the violation then or on the way, if any. */
  private settle(state: Uint32Array): Violation | undefined {
    this.settled++;
    const world = this.space.components.unpack(state);
    const model = new Model(world, this.sampling.properties, this.space.ghostStateOf(state));
    try {
      return settle(model, new Run(world));
    } catch (error) {
      if (!(error instanceof PropertyViolated)) throw error;
      return error.violation;
    }
  }
}
