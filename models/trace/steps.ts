import type { EventRecord } from '../world/event.ts';

const counting = new Set(['request', 'deliver', 'timer', 'crash', 'retry']);

/** How long a story is, as the literature counts: what only lets other things happen counts nothing. */
export function stepsOf(events: readonly EventRecord[]): number {
  return events.filter(({ type }) => counting.has(type)).length;
}
