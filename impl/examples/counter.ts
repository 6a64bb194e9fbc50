import { z } from 'zod';
import { defineService, Tree } from '../index.ts';

const most = 100;

const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add'), counter: z.string().max(64), by: z.int().min(-most).max(most) }),
  z.strictObject({ type: z.literal('read'), counter: z.string().max(64) }),
]);

/**
 * Counters from 0 to 100, by name. An addition that would pass a limit changes nothing. Results: the value, and whether it was
 * changed as wanted.
 */
export const service = defineService({
  initial: Tree.empty<number>(),
  validate: operation,
  apply: (counters, operation) => {
    const value = counters.get(operation.counter) ?? 0;
    if (operation.type === 'read') return { state: counters, result: { value, done: true } };
    const next = value + operation.by;
    if (next < 0 || next > most) return { state: counters, result: { value, done: false } };
    return { state: counters.set(operation.counter, next), result: { value: next, done: true } };
  },
  isRead: ({ type }) => type === 'read',
});
