import type { Bound, Effort } from './bounds.ts';
import { Configurations } from './configurations.ts';
import { impossible } from './machine.ts';
import { type Operations, Survey } from './survey.ts';
import { type Call, Timeline } from './timeline.ts';

/** What a search for an order came to. */
export type Found =
  /** The calls, by their places in the list, in an order that explains what all of them returned. */
  | { readonly kind: 'order'; readonly order: readonly number[] }
  /** There is none: none explains everything that had returned by the end of this event. */
  | { readonly kind: 'none'; readonly event: number }
  /** A bound ended the search: everything that had returned before this event can be put in order. */
  | { readonly kind: 'unknown'; readonly bound: Bound; readonly event: number };

/**
 * Looks for an order of the calls, which must be given in the order of their invocation, from any of these states.
 *
 * It goes down into one order after another, and never again into a configuration that it has met (Wing and Gong 1993; Lowe
 * 2017). Four more things keep it from trying what cannot help. A read that may come next comes next: later would be no
 * better. An open call stays out where it would leave the state as it is (it may still come later), and where it would lead
 * to a state that no call needs, so that all that can come next is to overwrite it. And of open calls that ask the same, the
 * one invoked first takes effect first.
 */
export function orderOf(
  calls: readonly Call[],
  starts: Iterable<number>,
  operations: Operations,
  effort: Effort,
): Found {
  const search = new Search(calls, operations, effort);
  for (const start of starts) {
    const found = search.from(start);
    if (found !== undefined) return found;
  }
  return { kind: 'none', event: search.furthest };
}

/** Ways to put a call in order: it takes effect now, or it has done so before everything here. */
const now = 0;
const before = 1;

class Search {
  /** The last return that no order could get past, by the index of its event. */
  furthest = -1;
  private readonly calls: readonly Call[];
  private readonly operations: Operations;
  private readonly effort: Effort;
  private readonly timeline: Timeline;
  private readonly configurations: Configurations;
  private readonly survey: Survey;
  /** How many calls that returned are not in order yet. */
  private missing: number;
  /** Where the search stands: the state, and what is to be tried next. */
  private state = 0;
  private entry = 0;
  private way = now;
  /** What is in order: the calls, how they were put there, the states before, and whether trying others is in vain. */
  private depth = 0;
  private readonly order: Int32Array;
  private readonly ways: Uint8Array;
  private readonly states: Int32Array;
  private readonly settled: Uint8Array;

  constructor(calls: readonly Call[], operations: Operations, effort: Effort) {
    const count = calls.length;
    this.calls = calls;
    this.operations = operations;
    this.effort = effort;
    this.survey = new Survey(calls, operations);
    this.missing = this.survey.closed;
    this.timeline = new Timeline(calls, (call) => this.survey.isIdle(call));
    this.order = new Int32Array(count);
    this.ways = new Uint8Array(count);
    this.states = new Int32Array(count);
    this.settled = new Uint8Array(count);
    this.configurations = new Configurations(this.survey.closed, this.survey.open, effort.configurations);
  }

  /** Looks for an order from this state. Undefined if there is none. */
  from(start: number): Found | undefined {
    this.state = start;
    this.begin();
    while (this.missing > 0) {
      const bound = this.boundMet();
      if (bound !== undefined) return { kind: 'unknown', bound, event: this.furthest };
      if (this.timeline.isCall(this.entry)) {
        const taken = this.take(this.entry);
        if (taken === 'yes') this.begin();
        if (taken === 'no') this.goOn();
        if (taken !== 'in vain') continue;
      } else {
        const returned = this.calls[this.entry - this.calls.length]?.returned ?? 0;
        this.furthest = Math.max(this.furthest, returned);
      }
      if (!this.undo()) return undefined;
      this.goOn();
    }
    return { kind: 'order', order: this.found() };
  }

  private boundMet(): Bound | undefined {
    if (!this.effort.step()) return this.effort.spent;
    return this.configurations.isFull ? 'configurations' : undefined;
  }

  private begin(): void {
    this.entry = this.timeline.first;
    this.way = now;
  }

  /** Turns to what is to be tried after this. */
  private goOn(): void {
    if (this.way === now && !this.survey.isOpen(this.entry) && this.calls[this.entry]?.mayPrecede === true) {
      this.way = before;
      return;
    }
    this.entry = this.timeline.next(this.entry);
    this.way = now;
  }

  /** Puts the call in order next if that leads to something new. Where it is a read, it is in vain to try others. */
  private take(call: number): 'yes' | 'no' | 'in vain' {
    const after = this.after(call);
    if (after === impossible) return 'no';
    const isOpen = this.survey.isOpen(call);
    const place = this.survey.places[call] ?? 0;
    const isRead = this.survey.isRead(call);
    this.configurations.put(place, isOpen);
    if (!this.configurations.add(after)) {
      this.configurations.takeOut(place, isOpen);
      return isRead ? 'in vain' : 'no';
    }
    this.timeline.lift(call, isOpen);
    if (!isOpen) this.missing--;
    this.order[this.depth] = call;
    this.ways[this.depth] = this.way;
    this.states[this.depth] = this.state;
    this.settled[this.depth++] = isRead ? 1 : 0;
    this.state = after;
    return 'yes';
  }

  private after(call: number): number {
    if (this.way === before) return this.state;
    const after = this.operations.next(this.state, this.calls[call]?.operation ?? 0);
    if (after === impossible || !this.survey.isOpen(call)) return after;
    return after === this.state || this.isForTwin(call) || !this.survey.isNeeded(after) ? impossible : after;
  }

  /** Whether another that asks the same, and was invoked before, is still to come. */
  private isForTwin(call: number): boolean {
    const twin = this.survey.twins[call] ?? -1;
    return twin >= 0 && !this.configurations.hasOpen(twin);
  }

  /** Goes back to the last choice. Yields whether there was one. */
  private undo(): boolean {
    while (this.depth > 0) {
      this.depth--;
      const call = this.order[this.depth] ?? 0;
      const isOpen = this.survey.isOpen(call);
      this.timeline.unlift(call, isOpen);
      this.configurations.takeOut(this.survey.places[call] ?? 0, isOpen);
      if (!isOpen) this.missing++;
      this.entry = call;
      this.way = this.ways[this.depth] ?? now;
      this.state = this.states[this.depth] ?? 0;
      if (this.settled[this.depth] === 0) return true;
    }
    return false;
  }

  private found(): readonly number[] {
    const depths = Array.from({ length: this.depth }, (_, depth) => depth);
    return depths.filter((depth) => this.ways[depth] === now).map((depth) => this.order[depth] ?? 0);
  }
}
