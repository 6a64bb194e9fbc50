import { z } from 'zod';
import { defineService } from '../index.ts';

const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('put'), work: z.string().max(1000) }),
  z.strictObject({ type: z.literal('take'), lease: z.int().min(1).max(600_000) }),
  z.strictObject({ type: z.literal('done'), id: z.int().min(1), attempt: z.int().min(1) }),
  z.strictObject({ type: z.literal('size') }),
]);

/** A job. It may be taken from agreed time `free` on, in milliseconds: at once, or when the lease of its last taker is over. */
type Job = { readonly id: number; readonly work: string; readonly attempt: number; readonly free: number };

interface Queue {
  readonly nextId: number;
  /** In the order in which they were put. */
  readonly jobs: readonly Job[];
}

const empty: Queue = { nextId: 1, jobs: [] };

/**
 * A queue of jobs. A worker takes the first free one for a lease, and reports it as done with its attempt. If the lease is over
 * before that, the next worker takes it. Results: the job's id; the job, or null; whether the attempt counted; the size.
 */
export const service = defineService({
  initial: empty,
  validate: operation,
  apply: (queue, operation, { time }) => {
    const { nextId, jobs } = queue;
    switch (operation.type) {
      case 'put': {
        const job = { id: nextId, work: operation.work, attempt: 0, free: 0 };
        return { state: { nextId: nextId + 1, jobs: [...jobs, job] }, result: nextId };
      }
      case 'take': {
        const job = jobs.find(({ free }) => free <= time);
        if (job === undefined) return { state: queue, result: null };
        const taken = { ...job, attempt: job.attempt + 1, free: time + operation.lease };
        return { state: { nextId, jobs: jobs.map((one) => (one === job ? taken : one)) }, result: taken };
      }
      case 'done': {
        const { id, attempt } = operation;
        const rest = jobs.filter((job) => job.id !== id || job.attempt !== attempt);
        return { state: { nextId, jobs: rest }, result: rest.length < jobs.length };
      }
      case 'size':
        return { state: queue, result: jobs.length };
    }
  },
  isRead: ({ type }) => type === 'size',
});
