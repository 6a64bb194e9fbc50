import type { OperationSemantics } from './machine.ts';
import type { Call } from './timeline.ts';

const none = -1;

/**
 * The states that unplaced calls still need and can still make. It is kept only if each call overwrites the state or is possible in
 * a single one (`isKnown`). Without that every state counts as needed.
 */
export class Demand {
  readonly isKnown: boolean;
  /** Of each call, the state in which alone it is possible, and the state that it makes: a number, or -1. */
  private readonly needs: Int32Array;
  private readonly makes: Int32Array;
  /** Of each call, whether it can be left out or placed where its result does not matter. */
  private readonly isOptional: Uint8Array;
  /** Of each state, how many unplaced calls need it, how many of those must be placed in it, and how many make it. */
  private readonly wanted: Int32Array;
  private readonly owed: Int32Array;
  private readonly supply: Int32Array;
  /** Of each state, the latest invocation of a call that needs it; Infinity if one of those calls is no read. */
  private readonly lastNeed: Float64Array;
  /** The states that some call must find and that no call makes. */
  private readonly orphans: readonly number[];

  constructor(calls: readonly Call[], operations: OperationSemantics, isIdle: (call: number) => boolean) {
    const count = calls.length;
    this.needs = new Int32Array(count).fill(none);
    this.makes = new Int32Array(count).fill(none);
    this.isOptional = new Uint8Array(count);
    this.isKnown = calls.every(
      ({ operation }, call) => isIdle(call) || this.note(call, operation, operations),
    );
    const used = this.isKnown ? [...this.needs, ...this.makes] : [];
    const states = used.reduce((most, state) => Math.max(most, state), none) + 1;
    this.wanted = new Int32Array(states);
    this.owed = new Int32Array(states);
    this.supply = new Int32Array(states);
    this.lastNeed = new Float64Array(states).fill(-1);
    for (const [call, { operation, invoked, returned, mayPrecede }] of calls.entries()) {
      if (!this.isKnown || isIdle(call)) continue;
      this.isOptional[call] = returned === Infinity || mayPrecede ? 1 : 0;
      this.putBack(call);
      const state = this.needs[call] ?? none;
      const isRead = operations.nature(operation).kind === 'read';
      if (state !== none)
        this.lastNeed[state] = isRead ? Math.max(this.lastNeed[state] ?? 0, invoked) : Infinity;
    }
    this.orphans = [...this.owed.keys()].filter(
      (state) => (this.owed[state] ?? 0) > 0 && this.supply[state] === 0,
    );
  }

  /** Whether an order can begin in this state, as far as is known before any search. */
  canBegin(state: number): boolean {
    return this.orphans.every((orphan) => orphan === state);
  }

  /** Whether an unplaced call may need this very state. All other states are alike. */
  isNeeded(state: number): boolean {
    return !this.isKnown || (this.wanted[state] ?? 0) > 0;
  }

  /** The latest invocation of a read that needs the state that this call makes. Infinity if other calls need it. */
  lastNeedOf(call: number): number {
    const state = this.makes[call] ?? none;
    return state === none ? Infinity : (this.lastNeed[state] ?? Infinity);
  }

  /** Counts a call as placed. Returns whether all others may still find the state that they must find. */
  take(call: number, before: number, after: number): boolean {
    this.count(call, -1);
    return !this.isKnown || (this.isMet(before, after) && this.isMet(this.makes[call] ?? none, after));
  }

  /** Counts a call as unplaced. */
  putBack(call: number): void {
    this.count(call, 1);
  }

  private isMet(state: number, current: number): boolean {
    return state === current || !((this.owed[state] ?? 0) > 0 && (this.supply[state] ?? 0) === 0);
  }

  private count(call: number, change: 1 | -1): void {
    if (!this.isKnown) return;
    const [need, made] = [this.needs[call] ?? none, this.makes[call] ?? none];
    if (need !== none) {
      this.wanted[need] = (this.wanted[need] ?? 0) + change;
      if (this.isOptional[call] === 0) this.owed[need] = (this.owed[need] ?? 0) + change;
    }
    if (made !== none) this.supply[made] = (this.supply[made] ?? 0) + change;
  }

  /** Notes what the call needs and makes. Returns false if the model does not say. */
  private note(call: number, operation: number, operations: OperationSemantics): boolean {
    const nature = operations.nature(operation);
    if (nature.kind === 'overwrite') {
      this.makes[call] = operations.next(0, operation);
      return true;
    }
    if (nature.only === undefined) return false;
    this.needs[call] = nature.only;
    if (nature.kind === 'other') this.makes[call] = operations.next(nature.only, operation);
    return true;
  }
}
