import { type Configuration, maxReplicas } from '../data/configuration.ts';
import type { Membership } from '../data/membership.ts';
import type { RejectReason } from '../data/reasons.ts';
import { firstOf, notWhole } from './fields.ts';

/** A reason unless the field holds the name of a storage, or null. */
export function notStorageOrNull(field: string, value: string | null): RejectReason | undefined {
  return value === null ? undefined : notStorage(field, value);
}

/** A reason unless the field holds the name of a storage. It is short, because some messages carry that of each replica. */
function notStorage(field: string, value: string): RejectReason | undefined {
  return typeof value === 'string' && /^[\w.]{1,16}$/.test(value)
    ? undefined
    : { code: 'not-a-storage', field };
}

/** A reason unless the list names a storage for each replica of the group. */
export function notFounders({ size }: Configuration, founders: readonly string[]): RejectReason | undefined {
  if (!Array.isArray(founders) || founders.length !== size)
    return { code: 'not-one-for-each', field: 'founders', size };
  return firstOf(founders, (name) => notStorage('a founder', name));
}

/** A reason unless the list says how often replicas have lost their memory. */
export function notGenerations(generations: readonly number[]): RejectReason | undefined {
  if (!Array.isArray(generations) || generations.length > maxReplicas)
    return { code: 'not-a-list', field: 'generations', max: maxReplicas };
  return firstOf(generations, (generation) => notWhole('a generation', generation));
}

/** A reason unless it is what a member can know of its group. */
export function validateMembership(
  configuration: Configuration,
  membership: Membership,
): RejectReason | undefined {
  if (typeof membership !== 'object' || membership === null)
    return { code: 'not-an-object', field: 'membership' };
  return notFounders(configuration, membership.founders) ?? notGenerations(membership.generations);
}
