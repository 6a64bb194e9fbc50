import type { Effort } from './bounds.ts';
import { impossible, type SequentialMachine } from './machine.ts';
import type { Call } from './timeline.ts';

/**
 * Every state that the calls can reach, in any order and any number of times, with the event since when they can: the last
 * invocation that this takes, or -1 for the initial state. The map is incomplete if the effort is spent before.
 */
export function reachableSince<State>(
  calls: readonly Call[],
  machine: SequentialMachine<State>,
  effort: Effort,
): ReadonlyMap<number, number> {
  const reachable = new ReachableStates(machine, effort);
  for (const { operation, invoked } of calls) reachable.add(operation, invoked);
  return reachable.since;
}

class ReachableStates<State> {
  readonly since: Map<number, number>;
  private readonly machine: SequentialMachine<State>;
  private readonly effort: Effort;
  private readonly known = new Set<number>();
  /** The operations that need a single state, by that state. Reads are left out: they reach no new state. */
  private readonly needing = new Map<number, number[]>();
  private readonly others: number[] = [];

  constructor(machine: SequentialMachine<State>, effort: Effort) {
    this.machine = machine;
    this.effort = effort;
    this.since = new Map([[machine.initial, -1]]);
  }

  add(operation: number, event: number): void {
    if (this.known.has(operation)) return;
    this.known.add(operation);
    const nature = this.machine.nature(operation);
    if (nature.kind === 'read') return;
    if (nature.kind === 'overwrite') return this.reach(this.after(this.machine.initial, operation), event);
    if (nature.only === undefined) {
      this.others.push(operation);
      for (const state of [...this.since.keys()]) this.reach(this.after(state, operation), event);
      return;
    }
    const sameNeed = this.needing.get(nature.only) ?? [];
    this.needing.set(nature.only, sameNeed);
    sameNeed.push(operation);
    if (this.since.has(nature.only)) this.reach(this.after(nature.only, operation), event);
  }

  /** Adds a state and all states reachable from it. */
  private reach(first: number, event: number): void {
    const waiting = [first];
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      if (state === impossible || this.since.has(state)) continue;
      this.since.set(state, event);
      for (const operation of this.needing.get(state) ?? []) waiting.push(this.after(state, operation));
      for (const operation of this.others) waiting.push(this.after(state, operation));
    }
  }

  private after(state: number, operation: number): number {
    return this.effort.step() ? this.machine.step(state, operation) : impossible;
  }
}
