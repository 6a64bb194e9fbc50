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

/** A property that was broken after these moves, each given by its place among those of its state. */
export interface Breach {
  readonly violation: Violation;
  readonly path: readonly number[];
  readonly phase: Phase;
}

/** Which of the states must settle once faults stop: one in so many, chosen by their hashes; 0 means none. */
export interface Sampling {
  readonly properties: Properties;
  readonly oneIn: number;
}

/** Which state comes next: one with the fewest steps, or the one that was found last. */
export type SearchOrder = 'breadth' | 'depth';

/**
 * Search of a space. Breadth-first it goes by steps. A level holds the states that some number of steps leads to. First
 * everything is added that events which count for nothing lead to from there, and then each step leads to the next level:
 * so the first breach that is found takes as few steps as any. Depth-first there is but one level, and no phases.
 */
export class Search {
  /** How many moves were made. */
  transitions = 0;
  /** How many states were left to settle. */
  settled = 0;
  /** What the steps to new states brought about. */
  reached = new Tally();
  readonly origins = new Origins();
  readonly space: Space;
  visited: Visited;
  private readonly sampling: Sampling;
  private readonly order: SearchOrder;
  /** The states that wait, depth-first. */
  private readonly stack: Uint32Array[] = [];
  /** How many of the states were found by another search too, which counts them. */
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

  /** How much memory the states take, visited and waiting. */
  get bytes(): number {
    const waiting = this.level.bytes + this.following.bytes;
    return this.visited.table.byteLength + this.origins.bytes + waiting;
  }

  /** Expands up to `most` states of the level in its present phase. Yields a breach, or how many states it expanded. */
  expand(most: number): Breach | number {
    for (let done = 0; done < most; done++) {
      const state = this.order === 'depth' ? this.stack.pop() : this.level.read();
      if (state === undefined) return done;
      const breach = this.expandOne(state);
      if (breach !== undefined) return breach;
    }
    return most;
  }

  /** Goes on with the steps, once the free events of the level are done. */
  beginSteps(): void {
    this.phase = 'step';
    this.level.rewind();
  }

  /** Goes on to the next level. Yields how many states it holds so far. */
  beginLevel(): number {
    this.level = this.following;
    this.following = new Queue();
    this.phase = 'free';
    return this.level.length;
  }

  /**
   * Leaves all states of the level to other searches, which have come just as far, but for its share of them. Only the
   * first share counts what was found and done so far.
   */
  keep(share: number, of: number): void {
    const mine = new Queue();
    for (let index = 0; ; index++) {
      const state = this.level.read();
      if (state === undefined) break;
      if (index % of === share) mine.push(state);
    }
    this.level = mine;
    if (share === 0) return;
    this.counted = this.origins.length;
    this.transitions = 0;
    this.settled = 0;
    this.reached = new Tally();
    this.space.uses.length = 0;
  }

  private expandOne(state: Uint32Array): Breach | undefined {
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
      if (step !== 'stepped') return this.breach(step, number, index, 'events');
      if (!this.add(space.next, number, index, wanted ? this.following : this.level)) continue;
      space.note(this.reached);
      const violation = this.isSampled() ? this.settle(space.next) : undefined;
      if (violation !== undefined) return this.breach(violation, number, index, 'settling');
    }
    return undefined;
  }

  private breach(violation: Violation, state: number, move: number, phase: Phase): Breach {
    return { violation, path: [...this.origins.pathTo(state), move], phase };
  }

  /** Adds the state if it is new. Yields whether it is. */
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

  /** Stops all faults in this state, and lets the group settle. Yields the property that is broken then or on the way. */
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
