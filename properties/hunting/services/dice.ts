import { z } from 'zod';
import { defineService } from '../../../impl/index.ts';

const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add'), amount: z.int().min(1).max(9) }),
  z.strictObject({ type: z.literal('sum') }),
]);
export const service = defineService({
  initial: 0,
  validate: operation,
  apply: (sum: number, operation) => {
    if (operation.type === 'sum') return { state: sum, result: sum };
    const state = sum + operation.amount + (Math.random() < 0.1 ? 1 : 0);
    return { state, result: state };
  },
  isRead: ({ type }) => type === 'sum',
});
