/**
 * A set of replica numbers from 0 to 30, as bits. Votes are counted by sender, so a repeated vote changes nothing.
 */
export type ReplicaSet = number;

/** The empty set. */
export const noReplicas: ReplicaSet = 0;

/** The set with this member, or the same set if it had it. */
export function including(set: ReplicaSet, replicaNumber: number): ReplicaSet {
  return set | (1 << replicaNumber);
}

/** The set without this member, or the same set if it did not have it. */
export function excluding(set: ReplicaSet, replicaNumber: number): ReplicaSet {
  return set & ~(1 << replicaNumber);
}

/** Whether the replica is a member. */
export function contains(set: ReplicaSet, replicaNumber: number): boolean {
  return (set & (1 << replicaNumber)) !== 0;
}

/** Whether every member is a replica of a group of this size. */
export function isWithin(set: ReplicaSet, size: number): boolean {
  return Number.isInteger(set) && set >= 0 && set < 2 ** size;
}

/** The number of members. */
export function sizeOf(set: ReplicaSet): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size++;
  return size;
}
