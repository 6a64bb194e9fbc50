import type { Event } from './event.ts';
import { fileServiceOf } from './fileService.ts';
import type { Choices } from './perform.ts';
import { readingOf } from './reading.ts';
import type { World } from './world.ts';

/** Undefined, for the usual choices, unless the event is a request to a user's service: its operation is then recorded, or the next one. */
export function choicesOf({ setup, clients }: World, event: Event): Choices | undefined {
  const service = fileServiceOf(setup);
  if (service === undefined || event.type !== 'request') return undefined;
  const { operations } = service;
  const next = operations[(clients[event.client]?.asked ?? 0) % operations.length] ?? null;
  return {
    operationOf: () => event.operation ?? next,
    readingOf: ({ clocks }, replica) => readingOf(clocks, replica),
  };
}
