/** A set of replica numbers from 0 to 30, as bits: votes are counted by sender, and counting twice changes nothing. */
export type ReplicaSet = number;

/** The set without members. */
export const noReplicas: ReplicaSet = 0;

/** The set with one more member, or the same set if it had it already. */
export function including(set: ReplicaSet, replicaNumber: number): ReplicaSet {
  return set | (1 << replicaNumber);
}

/** The set without this member, or the same set if it did not have it. */
export function excluding(set: ReplicaSet, replicaNumber: number): ReplicaSet {
  return set & ~(1 << replicaNumber);
}

/** How many members the set has. */
export function sizeOf(set: ReplicaSet): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size++;
  return size;
}
