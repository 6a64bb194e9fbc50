import { z } from 'zod';
import { defineService, Tree } from '../index.ts';

const name = z.string().min(1).max(64);

const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('acquire'), lock: name, owner: name, lease: z.int().min(1).max(60_000) }),
  z.strictObject({ type: z.literal('release'), lock: name, token: z.int().min(1) }),
  z.strictObject({ type: z.literal('holder'), lock: name }),
]);

/** Who holds a lock, or held it last. `until`: agreed time, in milliseconds. */
type Lease = { readonly owner: string; readonly token: number; readonly until: number };

/**
 * Locks by name, each held for a lease in agreed time. Every grant has a fencing token, greater than all before: what the lock
 * protects rejects a holder with a smaller token, whose lease may be over without its knowledge. An owner that acquires again
 * prolongs its lease. Results: the token that was granted, or null; whether a lock was released; the lease, or null.
 */
export const service = defineService({
  initial: Tree.empty<Lease>(),
  validate: operation,
  apply: (leases, operation, { time }) => {
    const last = leases.get(operation.lock);
    const held = last !== undefined && last.until > time ? last : undefined;
    switch (operation.type) {
      case 'acquire': {
        const { lock, owner, lease } = operation;
        if (held !== undefined && held.owner !== owner) return { state: leases, result: null };
        const token = held?.token ?? (last?.token ?? 0) + 1;
        return { state: leases.set(lock, { owner, token, until: time + lease }), result: token };
      }
      case 'release':
        if (held?.token !== operation.token) return { state: leases, result: false };
        return { state: leases.set(operation.lock, { ...held, until: time }), result: true };
      case 'holder':
        return { state: leases, result: held ?? null };
    }
  },
  isRead: ({ type }) => type === 'holder',
});
