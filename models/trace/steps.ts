import type { EventRecord } from '../world/event.ts';

const counting: ReadonlySet<string> = new Set(['request', 'deliver', 'timer', 'crash', 'retry']);

/** The length of a trace, as the literature counts it: requests, deliveries, timers, crashes and retries. */
export function stepsOf(events: readonly EventRecord[]): number {
  return events.filter(isStep).length;
}

/** Whether the event counts as a step. */
export function isStep({ type }: { readonly type: EventRecord['type'] }): boolean {
  return counting.has(type);
}
