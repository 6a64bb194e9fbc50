import type { Output } from '../../replica/data/outputs.ts';
import type { Change, Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
import { describeIssue } from '../encoding/messageSchema.ts';
import { changesSchema, type WatchEvent, type WatchOutcome } from './watchMessages.ts';

/** How far a replica has executed its log, and how far back that goes. */
export interface ExecutedLog {
  readonly commitNumber: number;
  readonly log: { readonly base: number };
}

/**
 * The changes of the entries that a replica has executed, as far back as its log goes. It is kept from the replica's outputs: the
 * core does not know of it. An entry that was not executed here, because a checkpoint took its place, ends what is known.
 */
export class ChangeHistory {
  /** The changes after this op-number are known. */
  since = 0;
  /** The last executed entry. */
  last = 0;
  /** The last entry of which the service failed to tell the changes. */
  private failedAt: number | undefined;
  private readonly service: Service;
  /** The most characters of JSON in an answer, unless one entry has more. */
  private readonly maxChars: number;
  /** Ascending, without the entries that changed nothing. */
  private events: WatchEvent[] = [];
  /** The characters of changes as JSON, as far as they were needed. */
  private readonly chars = new WeakMap<Change, number>();

  constructor(service: Service, maxChars: number) {
    this.service = service;
    this.maxChars = maxChars;
  }

  /** The replica took a step. Yields the keys that have changed. */
  take({ commitNumber, log }: ExecutedLog, outputs: readonly Output[]): Set<string> {
    const changed = new Set<string>();
    for (const output of outputs) {
      if (!('opNumber' in output) || output.type === 'restored') continue;
      if (output.opNumber !== this.last + 1) this.forgetUpTo(output.opNumber - 1);
      this.last = output.opNumber;
      const changes =
        output.type === 'executed' ? this.changesOf(output.request.operation, output.result) : [];
      if (changes === undefined) this.fail(output.opNumber);
      else if (changes.length > 0) this.events.push({ opNumber: output.opNumber, changes });
      for (const { key } of changes ?? []) changed.add(key);
    }
    if (commitNumber !== this.last) this.forgetUpTo(commitNumber);
    this.last = commitNumber;
    if (log.base > this.since) this.forgetUpTo(log.base);
    return changed;
  }

  /** The changes of the key after this op-number, or why they are not known. */
  after(key: string, after: number): WatchOutcome {
    const { since, last } = this;
    if (after < since)
      return {
        type: 'unwatched',
        because: 'compacted',
        since,
        reason:
          `the changes after op-number ${after} are not all known any more, and those after ${since} are` +
          (since === this.failedAt ? '. The service failed at telling what that entry changed' : ''),
      };
    const events: WatchEvent[] = [];
    let left = this.maxChars;
    for (let index = this.firstAfter(after); index < this.events.length; index++) {
      const event = this.events[index];
      const changes = event?.changes.filter((change) => change.key === key) ?? [];
      if (event === undefined || changes.length === 0) continue;
      const previous = events.at(-1);
      // The first event is told however long it is.
      if (previous !== undefined) {
        if (events.length === 1) left -= this.charsOf(previous.changes);
        left -= this.charsOf(changes);
        if (left < 0) return { type: 'changes', opNumber: previous.opNumber, events };
      }
      events.push({ opNumber: event.opNumber, changes });
    }
    return { type: 'changes', opNumber: Math.max(after, last), events };
  }

  /** The characters of an event with these changes. Each change is made JSON once for it, however often it is asked for. */
  private charsOf(changes: readonly Change[]): number {
    return changes.reduce((sum, change) => {
      const chars = this.chars.get(change) ?? JSON.stringify(change).length;
      this.chars.set(change, chars);
      return sum + chars + 1;
    }, eventChars);
  }

  /** What the service says has changed; undefined if it fails at that. */
  private changesOf(operation: Json, result: Json): readonly Change[] | undefined {
    try {
      const parsed = changesSchema.safeParse(this.service.changes?.(operation, result) ?? []);
      if (!parsed.success) throw new TypeError(describeIssue(parsed.error));
      return parsed.data;
    } catch {
      return undefined;
    }
  }

  private fail(opNumber: number): void {
    this.failedAt = opNumber;
    this.forgetUpTo(opNumber);
  }

  private forgetUpTo(opNumber: number): void {
    this.since = opNumber;
    this.events = this.events.slice(this.firstAfter(opNumber));
  }

  /** The index of the first event after this op-number. */
  private firstAfter(opNumber: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.opNumber ?? 0) > opNumber) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The characters of an event around its changes. */
const eventChars = 64;
