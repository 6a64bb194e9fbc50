import type { Effort, MetBound } from './bounds.ts';
import { CallAnalysis, type OperationSemantics } from './callAnalysis.ts';
import { Configurations } from './configurations.ts';
import { impossible } from './machine.ts';
import { type Call, Timeline } from './timeline.ts';

/** The result of a search for an order. */
export type SearchResult =
  /** The calls, by their indices in the list, in an order that explains every result. */
  | { readonly kind: 'order'; readonly order: readonly number[] }
  /** No order explains the results of all calls that returned up to this event. */
  | { readonly kind: 'none'; readonly event: number }
  /** A bound ended the search. The calls that returned before this event can be ordered. */
  | { readonly kind: 'unknown'; readonly bound: MetBound; readonly event: number };

/**
 * Searches for an order of the calls from any of these initial states. The calls must be given in the order of invocation.
 *
 * The search is depth first and enters no configuration twice (Wing and Gong 1993; Lowe 2017). Four rules prune it further:
 *
 * - A read that may come next comes next: a later place is no better.
 * - An open call is not placed where it would not change the state: it may still come later.
 * - An open call is not placed where it would lead to a state that no call needs: only an overwrite could follow.
 * - Of open calls with equal content, the one invoked first takes effect first.
 */
export function orderOf(
  calls: readonly Call[],
  starts: Iterable<number>,
  operations: OperationSemantics,
  effort: Effort,
): SearchResult {
  const search = new Search(calls, operations, effort);
  for (const start of starts) {
    const found = search.from(start);
    if (found !== undefined) return found;
  }
  return { kind: 'none', event: search.furthest };
}

/** The two ways to place a call: it takes effect now, or it took effect before the window began. */
const now = 0;
const before = 1;

class Search {
  /** The latest return that an order reached without getting past it, by the index of its event. */
  furthest = -1;
  private readonly calls: readonly Call[];
  private readonly operations: OperationSemantics;
  private readonly effort: Effort;
  private readonly timeline: Timeline;
  private readonly configurations: Configurations;
  private readonly analysis: CallAnalysis;
  /** The number of calls that returned and are not placed yet. */
  private missing: number;
  /** The current state, and the entry of the timeline to try next. */
  private state = 0;
  private entry = 0;
  private way = now;
  /** The placed calls: their number, the calls, their ways, the states before them, and whether alternatives are pointless. */
  private depth = 0;
  private readonly order: Int32Array;
  private readonly ways: Uint8Array;
  private readonly states: Int32Array;
  private readonly isFinal: Uint8Array;

  constructor(calls: readonly Call[], operations: OperationSemantics, effort: Effort) {
    const count = calls.length;
    this.calls = calls;
    this.operations = operations;
    this.effort = effort;
    this.analysis = new CallAnalysis(calls, operations);
    this.missing = this.analysis.closed;
    this.timeline = new Timeline(calls, (call) => this.analysis.isIdle(call));
    this.order = new Int32Array(count);
    this.ways = new Uint8Array(count);
    this.states = new Int32Array(count);
    this.isFinal = new Uint8Array(count);
    this.configurations = new Configurations(this.analysis.closed, this.analysis.open, effort.configurations);
  }

  /** Searches for an order from this state. Undefined if there is none. */
  from(start: number): SearchResult | undefined {
    this.state = start;
    this.begin();
    while (this.missing > 0) {
      const bound = this.boundMet();
      if (bound !== undefined) return { kind: 'unknown', bound, event: this.furthest };
      if (this.timeline.isCall(this.entry)) {
        const placed = this.place(this.entry);
        if (placed === 'yes') this.begin();
        if (placed === 'no') this.advance();
        if (placed !== 'cut') continue;
      } else {
        const returned = this.calls[this.entry - this.calls.length]?.returned ?? 0;
        this.furthest = Math.max(this.furthest, returned);
      }
      if (!this.backtrack()) return undefined;
      this.advance();
    }
    return { kind: 'order', order: this.orderFound() };
  }

  private boundMet(): MetBound | undefined {
    if (!this.effort.step()) return this.effort.spent;
    return this.configurations.isFull ? 'configurations' : undefined;
  }

  private begin(): void {
    this.entry = this.timeline.first;
    this.way = now;
  }

  /** Moves on to the next alternative. */
  private advance(): void {
    if (
      this.way === now &&
      !this.analysis.isOpen(this.entry) &&
      this.calls[this.entry]?.mayPrecede === true
    ) {
      this.way = before;
      return;
    }
    this.entry = this.timeline.next(this.entry);
    this.way = now;
  }

  /** Places the call next if that leads to a new configuration. `cut`: alternatives to this read lead nowhere either. */
  private place(call: number): 'yes' | 'no' | 'cut' {
    const after = this.after(call);
    if (after === impossible) return 'no';
    const isOpen = this.analysis.isOpen(call);
    const bit = this.analysis.places[call] ?? 0;
    const isRead = this.analysis.isRead(call);
    this.configurations.put(bit, isOpen);
    if (!this.configurations.add(after)) {
      this.configurations.takeOut(bit, isOpen);
      return isRead ? 'cut' : 'no';
    }
    this.timeline.lift(call, isOpen);
    if (!isOpen) this.missing--;
    this.order[this.depth] = call;
    this.ways[this.depth] = this.way;
    this.states[this.depth] = this.state;
    this.isFinal[this.depth++] = isRead ? 1 : 0;
    this.state = after;
    return 'yes';
  }

  private after(call: number): number {
    if (this.way === before) return this.state;
    const after = this.operations.next(this.state, this.calls[call]?.operation ?? 0);
    if (after === impossible || !this.analysis.isOpen(call)) return after;
    return after === this.state || this.isAfterTwin(call) || !this.analysis.isNeeded(after)
      ? impossible
      : after;
  }

  /** Whether an open call with equal content that was invoked earlier is not placed yet. */
  private isAfterTwin(call: number): boolean {
    const twin = this.analysis.twins[call] ?? -1;
    return twin >= 0 && !this.configurations.hasOpen(twin);
  }

  /** Goes back to the last choice. Returns whether there was one. */
  private backtrack(): boolean {
    while (this.depth > 0) {
      this.depth--;
      const call = this.order[this.depth] ?? 0;
      const isOpen = this.analysis.isOpen(call);
      this.timeline.unlift(call, isOpen);
      this.configurations.takeOut(this.analysis.places[call] ?? 0, isOpen);
      if (!isOpen) this.missing++;
      this.entry = call;
      this.way = this.ways[this.depth] ?? now;
      this.state = this.states[this.depth] ?? 0;
      if (this.isFinal[this.depth] === 0) return true;
    }
    return false;
  }

  private orderFound(): readonly number[] {
    const depths = Array.from({ length: this.depth }, (_, depth) => depth);
    return depths.filter((depth) => this.ways[depth] === now).map((depth) => this.order[depth] ?? 0);
  }
}
