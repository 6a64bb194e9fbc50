import type { Effort, MetBound } from './bounds.ts';
import { CallAnalysis } from './callAnalysis.ts';
import { Configurations } from './configurations.ts';
import { Demand } from './demand.ts';
import { impossible, type OperationSemantics } from './machine.ts';
import { type Call, Timeline } from './timeline.ts';

/** The result of a search for an order. */
export type SearchResult =
  /** The calls, by their indices in the list, in an order that explains every result. */
  | { readonly kind: 'order'; readonly order: readonly number[] }
  /** No order explains the results of all calls that returned. Those that returned before this event can be ordered. */
  | { readonly kind: 'none'; readonly event: number }
  /** A bound ended the search. The calls that returned before this event can be ordered. */
  | { readonly kind: 'unknown'; readonly bound: MetBound; readonly event: number };

/**
 * Searches for an order of the calls from any of these initial states. The calls must be given in the order of invocation.
 *
 * The search is depth first and enters no configuration twice (Wing and Gong 1993; Lowe 2017). Further rules prune it. The first two
 * leave no alternative; the others leave calls out:
 *
 * - A read that may come next comes next: a later place is no better.
 * - An overwrite comes next if no unplaced call needs the current state, and if all calls that need the new state are reads that may
 *   come next. Wherever it stood later, the state was needed neither before nor after it and those reads.
 * - A state is not left while a call must still find it and no call is left to make it.
 * - States that no unplaced call needs are alike.
 * - An open call, or one that may have preceded the window, is not placed where it would not change the state, or would lead to a
 *   state that no unplaced call needs: it may still come later, or have come before.
 * - A call precedes the window only if it would otherwise return without a place.
 * - Of open calls with equal content, the one invoked first takes effect first.
 */
export function orderOf(
  calls: readonly Call[],
  starts: Iterable<number>,
  operations: OperationSemantics,
  effort: Effort,
): SearchResult {
  const search = new Search(calls, operations, effort);
  for (const start of search.unlike(starts)) {
    const found = search.from(start);
    if (found !== undefined) return found;
  }
  return { kind: 'none', event: search.furthest };
}

/** The two ways to place a call: it takes effect now, or it took effect before the window began. */
const now = 0;
const before = 1;
/** The name of all states that no unplaced call needs. */
const unneeded = 0xffff_ffff;

class Search {
  /** The latest return that an order reached without getting past it, by the index of its event. */
  furthest = -1;
  private readonly calls: readonly Call[];
  private readonly operations: OperationSemantics;
  private readonly effort: Effort;
  private readonly timeline: Timeline;
  private readonly configurations: Configurations;
  private readonly analysis: CallAnalysis;
  private readonly demand: Demand;
  /** The number of calls that returned and are not placed yet. */
  private missing: number;
  /** The current state, and the entry of the timeline to try next. */
  private state = 0;
  private entry = 0;
  /** The call that must be tried first, and without alternative. */
  private forcedNext: number | undefined;
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
    const isIdle = (call: number): boolean => this.analysis.isIdle(call);
    this.demand = new Demand(calls, operations, isIdle);
    this.timeline = new Timeline(calls, isIdle);
    this.order = new Int32Array(count);
    this.ways = new Uint8Array(count);
    this.states = new Int32Array(count);
    this.isFinal = new Uint8Array(count);
    this.configurations = new Configurations(this.analysis.closed, this.analysis.open, effort.configurations);
  }

  /** The states in which an order may begin, and only one of those that are alike. */
  unlike(starts: Iterable<number>): readonly number[] {
    const possible = [...starts].filter((start) => this.demand.canBegin(start));
    const alike = possible.find((start) => !this.demand.isNeeded(start));
    return possible.filter((start) => start === alike || this.demand.isNeeded(start));
  }

  /** Searches for an order from this state. Undefined if there is none. */
  from(start: number): SearchResult | undefined {
    this.state = start;
    this.begin();
    while (this.missing > 0) {
      const bound = this.boundMet();
      if (bound !== undefined) return { kind: 'unknown', bound, event: this.furthest };
      const isCall = this.timeline.isCall(this.entry);
      const placed = isCall ? this.place(this.entry, now) : this.placeBefore(this.entry - this.calls.length);
      if (placed === 'yes') this.begin();
      if (placed === 'no') this.advance();
      if (placed !== 'cut') continue;
      if (!this.backtrack()) return undefined;
      this.advance();
    }
    return { kind: 'order', order: this.orderFound() };
  }

  /** Whether this is an overwrite whose state is last needed before this event, and that may be placed. */
  private isBetter(call: number, lastNeed: number): boolean {
    if (!this.analysis.isOverwrite(call) || this.demand.lastNeedOf(call) >= lastNeed) return false;
    return this.after(call) !== impossible;
  }

  private boundMet(): MetBound | undefined {
    if (!this.effort.step()) return this.effort.spent;
    return this.configurations.isFull ? 'configurations' : undefined;
  }

  private begin(): void {
    this.forcedNext = this.forced();
    this.entry = this.forcedNext ?? this.timeline.first;
  }

  /** A call that comes next without alternative, or undefined if there is none. */
  private forced(): number | undefined {
    const isFree = this.demand.isKnown && !this.demand.isNeeded(this.state);
    let overwrite: number | undefined;
    let lastNeed = Infinity;
    let entry = this.timeline.first;
    for (; this.timeline.isCall(entry); entry = this.timeline.next(entry)) {
      if (this.analysis.isRead(entry)) {
        if (this.after(entry) !== impossible) return entry;
      } else if (isFree && this.isBetter(entry, lastNeed)) {
        overwrite = entry;
        lastNeed = this.demand.lastNeedOf(entry);
      }
    }
    const firstReturn = this.calls[entry - this.calls.length]?.returned ?? Infinity;
    return lastNeed < firstReturn ? overwrite : undefined;
  }

  /** Moves on to the next alternative. */
  private advance(): void {
    this.forcedNext = undefined;
    this.entry = this.timeline.next(this.entry);
  }

  /** What is left where a call returns that is not placed: it took effect before the window began, or the search is stuck. */
  private placeBefore(call: number): 'yes' | 'cut' {
    const placed = this.calls[call]?.mayPrecede === true && this.place(call, before) === 'yes';
    if (!placed) this.furthest = Math.max(this.furthest, this.calls[call]?.returned ?? 0);
    return placed ? 'yes' : 'cut';
  }

  /** Places the call next if that leads to a new configuration. `cut`: alternatives to a forced call lead nowhere either. */
  private place(call: number, way: number): 'yes' | 'no' | 'cut' {
    const after = way === before ? this.state : this.after(call);
    if (after === impossible) return 'no';
    const isForced = way === before || call === this.forcedNext;
    if (!this.demand.take(call, this.state, after)) {
      this.demand.putBack(call);
      return 'no';
    }
    const isOpen = this.analysis.isOpen(call);
    const bit = this.analysis.places[call] ?? 0;
    this.configurations.put(bit, isOpen);
    if (!this.configurations.add(this.demand.isNeeded(after) ? after : unneeded)) {
      this.configurations.takeOut(bit, isOpen);
      this.demand.putBack(call);
      return isForced ? 'cut' : 'no';
    }
    this.timeline.lift(call, isOpen);
    if (!isOpen) this.missing--;
    this.order[this.depth] = call;
    this.ways[this.depth] = way;
    this.states[this.depth] = this.state;
    this.isFinal[this.depth++] = isForced ? 1 : 0;
    this.state = after;
    return 'yes';
  }

  private after(call: number): number {
    const after = this.operations.next(this.state, this.calls[call]?.operation ?? 0);
    if (after === impossible || !this.analysis.isOptional(call)) return after;
    return after === this.state || this.isAfterTwin(call) || !this.demand.isNeeded(after)
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
      this.demand.putBack(call);
      if (!isOpen) this.missing++;
      this.entry = call;
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
