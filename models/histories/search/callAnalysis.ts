import type { Nature } from '../sequential/model.ts';
import type { Call } from './timeline.ts';

/** The semantics of operations, by their numbers. */
export interface OperationSemantics {
  /** The state after the operation, or `impossible`. */
  next(state: number, operation: number): number;
  /** What the operation does in every state. */
  nature(operation: number): Nature<number>;
}

const open = 1;
const read = 2;

/** Facts about calls that hold during the whole search. */
export class CallAnalysis {
  /** The numbers of open calls, and of calls that returned. */
  readonly open: number;
  readonly closed: number;
  /** Of each call, its position among the open calls or among the others. */
  readonly places: Int32Array;
  /** Of each open call, the position of the previous open call with equal content, or -1. */
  readonly twins: Int32Array;
  private readonly kinds: Uint8Array;
  /** The states that some call needs, or undefined if some call may need any state. */
  private needed: Set<number> | undefined = new Set();

  constructor(calls: readonly Call[], operations: OperationSemantics) {
    this.places = new Int32Array(calls.length);
    this.twins = new Int32Array(calls.length).fill(-1);
    this.kinds = new Uint8Array(calls.length);
    const places = { open: 0, closed: 0 };
    const last = new Map<number, number>();
    for (const [call, { operation, returned }] of calls.entries()) {
      const isOpen = returned === Infinity;
      const nature = operations.nature(operation);
      this.kinds[call] = (isOpen ? open : 0) | (nature.kind === 'read' ? read : 0);
      if (isOpen) this.twins[call] = last.get(operation) ?? -1;
      if (isOpen) last.set(operation, places.open);
      this.places[call] = isOpen ? places.open++ : places.closed++;
      if (!this.isIdle(call)) this.note(nature);
    }
    this.open = places.open;
    this.closed = places.closed;
  }

  isOpen(call: number): boolean {
    return ((this.kinds[call] ?? 0) & open) !== 0;
  }

  /** Whether the call returned and changes no state. */
  isRead(call: number): boolean {
    return this.kinds[call] === read;
  }

  /** Whether the call is open and changes no state, so that the search can ignore it. */
  isIdle(call: number): boolean {
    return this.kinds[call] === (open | read);
  }

  /** Whether some call may need this very state. */
  isNeeded(state: number): boolean {
    return this.needed === undefined || this.needed.has(state);
  }

  private note(nature: Nature<number>): void {
    if (nature.kind === 'overwrite') return;
    if (nature.only === undefined) this.needed = undefined;
    else this.needed?.add(nature.only);
  }
}
