import type { Configuration } from './configuration.ts';

/**
 * What a replica knows of the members of its group. It is stored in both modes: a replica takes part in its group only
 * after it has stored that it does.
 */
export interface Membership {
  /**
   * By replica: the name of the storage with which it founded the group. Empty at a replica that takes no part in the
   * group, because the group has not been founded, or because its storage is new or was lost.
   */
  readonly founders: readonly string[];
  /** By replica: how often it is known to have lost its memory whole. A number that is missing is 0. */
  readonly generations: readonly number[];
}

/** The membership of a replica that takes no part in any group. */
export const noMembership: Membership = { founders: [], generations: [] };

/** The membership of a group whose replicas all start at once, so that none has to found it. */
export function foundedAtOnce({ size }: Configuration): Membership {
  return { founders: Array.from({ length: size }, (_, number) => String(number)), generations: [] };
}

/** Whether a replica with this membership takes part in its group. */
export function isMember({ founders }: Membership): boolean {
  return founders.length > 0;
}

/** How often the replica is known to have lost its memory. */
export function generationOf(
  { generations }: Pick<Membership, 'generations'>,
  replicaNumber: number,
): number {
  return generations[replicaNumber] ?? 0;
}

/**
 * Whether one of the others knows that this replica has lost its memory since it told what it knew (Michael et al. 2017). What it
 * told binds it no longer.
 */
export function isForgotten(
  replicaNumber: number,
  told: Pick<Membership, 'generations'>,
  others: readonly Pick<Membership, 'generations'>[],
): boolean {
  const generation = generationOf(told, replicaNumber);
  return others.some((other) => generationOf(other, replicaNumber) > generation);
}

/** The membership after this replica is known to have lost its memory so often. */
export function withGeneration(
  { founders, generations }: Membership,
  replicaNumber: number,
  generation: number,
): Membership {
  const length = Math.max(generations.length, replicaNumber + 1);
  const known = Array.from({ length }, (_, other) =>
    other === replicaNumber ? generation : (generations[other] ?? 0),
  );
  return { founders, generations: known };
}

/** The membership, with the generations that others know too. */
export function withGenerations(
  { founders, generations }: Membership,
  others: readonly { readonly membership: Membership }[],
): Membership {
  const all = [generations, ...others.map(({ membership }) => membership.generations)];
  const length = Math.max(...all.map((one) => one.length));
  return {
    founders,
    generations: Array.from({ length }, (_, number) => Math.max(...all.map((one) => one[number] ?? 0))),
  };
}
