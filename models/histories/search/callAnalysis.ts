import type { OperationSemantics } from './machine.ts';
import type { Call } from './timeline.ts';

const open = 1;
const read = 2;
const overwrite = 4;
const optional = 8;

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

  constructor(calls: readonly Call[], operations: OperationSemantics) {
    this.places = new Int32Array(calls.length);
    this.twins = new Int32Array(calls.length).fill(-1);
    this.kinds = new Uint8Array(calls.length);
    const places = { open: 0, closed: 0 };
    const last = new Map<number, number>();
    for (const [call, { operation, returned, mayPrecede }] of calls.entries()) {
      const isOpen = returned === Infinity;
      const { kind } = operations.nature(operation);
      const nature = kind === 'read' ? read : kind === 'overwrite' ? overwrite : 0;
      this.kinds[call] = nature | (isOpen ? open | optional : mayPrecede ? optional : 0);
      if (isOpen) this.twins[call] = last.get(operation) ?? -1;
      if (isOpen) last.set(operation, places.open);
      this.places[call] = isOpen ? places.open++ : places.closed++;
    }
    this.open = places.open;
    this.closed = places.closed;
  }

  isOpen(call: number): boolean {
    return ((this.kinds[call] ?? 0) & open) !== 0;
  }

  /** Whether the call is open, or may have preceded the window. */
  isOptional(call: number): boolean {
    return ((this.kinds[call] ?? 0) & optional) !== 0;
  }

  /** Whether the call returned and changes no state. */
  isRead(call: number): boolean {
    return ((this.kinds[call] ?? 0) & (open | read)) === read;
  }

  /** Whether the call returned and always leads to the same state. */
  isOverwrite(call: number): boolean {
    return ((this.kinds[call] ?? 0) & (open | overwrite)) === overwrite;
  }

  /** Whether the call is open and changes no state, so that the search can ignore it. */
  isIdle(call: number): boolean {
    return ((this.kinds[call] ?? 0) & (open | read)) === (open | read);
  }
}
