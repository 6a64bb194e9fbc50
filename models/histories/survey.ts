import type { Nature } from './model.ts';
import type { Call } from './timeline.ts';

/** What a search needs to know of operations. */
export interface Operations {
  /** The state after the operation, or `impossible`. */
  next(state: number, operation: number): number;
  /** What is known of the operation whatever the state. */
  nature(operation: number): Nature<number>;
}

const open = 1;
const read = 2;

/** What is known of calls before any is put in order. */
export class Survey {
  /** How many of them are open, and how many returned. */
  readonly open: number;
  readonly closed: number;
  /** Of each its place among the open ones, or among the others. */
  readonly places: Int32Array;
  /** Of each open one the place of the open one before it that asks the same, or -1. */
  readonly twins: Int32Array;
  private readonly kinds: Uint8Array;
  /** The states that some call needs, or undefined if that is not known. */
  private needed: Set<number> | undefined = new Set();

  constructor(calls: readonly Call[], operations: Operations) {
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

  /** Whether the call returned, and leaves every state as it is. */
  isRead(call: number): boolean {
    return this.kinds[call] === read;
  }

  /** Whether the call leaves every state as it is, and need not even take effect. */
  isIdle(call: number): boolean {
    return this.kinds[call] === (open | read);
  }

  /** Whether some call may need this state, and is not content with any. */
  isNeeded(state: number): boolean {
    return this.needed === undefined || this.needed.has(state);
  }

  private note(nature: Nature<number>): void {
    if (nature.kind === 'overwrite') return;
    if (nature.only === undefined) this.needed = undefined;
    else this.needed?.add(nature.only);
  }
}
