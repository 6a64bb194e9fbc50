import type { PeerStart } from '../storage/starts.ts';

/** What a replica says of itself when it connects to another. */
export interface Introduction {
  /** The identity of its cluster: the storage name of the first founder. Null while it takes part in no group. */
  readonly cluster: string | null;
  /** How often it has lost its memory. */
  readonly generation: number;
  /** The starts of its storage, this one last, as many as fit into a frame. */
  readonly starts: readonly string[];
}

/** The bytes of a start's name among others, in JSON: a UUID, its quotes and a comma. */
const startBytes = 39;
/** Bytes for everything else in a message that introduces a replica. */
const otherBytes = 2048;

/** The last of these starts: as many as fit into a frame with everything else that `hello`, or the denial of one, tells. */
export function introducedStarts(starts: readonly string[], frameBytes: number): readonly string[] {
  return starts.slice(-Math.floor((frameBytes - otherBytes) / startBytes));
}

/** Why a replica is not admitted. `both-outdated`: neither admits the other, because both have older copies of their storage. */
export type Denial = 'other-cluster' | 'outdated' | 'both-outdated' | 'twin';

/** What a replica knows of another that introduces itself. */
export interface Acquaintance {
  /** The identity of this replica's own cluster. */
  readonly cluster: string | null;
  /** How often the other is known to have lost its memory. */
  readonly generation: number;
  /** Its latest start that is known here. */
  readonly latest: PeerStart | null;
  /** Whether another start of it was heard a moment ago. */
  readonly isAlive: boolean;
  /** Whether that start takes part in no group. */
  readonly isNewcomer: boolean;
}

/**
 * Why another replica is not admitted, or undefined if it is who it says. A start that lacks the latest one known here comes from
 * an older copy of the storage, or from one that runs twice: it has forgotten what the latest start promised.
 */
export function denialOf(
  introduction: Introduction,
  known: Acquaintance,
): Exclude<Denial, 'both-outdated'> | undefined {
  const { cluster } = introduction;
  const { isAlive, isNewcomer } = known;
  if (cluster !== null && known.cluster !== null && cluster !== known.cluster) return 'other-cluster';
  // A member comes before a process that takes part in no group, and may have come to a wrong address.
  if (isAlive && !(isNewcomer && cluster !== null && cluster === known.cluster)) return 'twin';
  return isOlder(introduction, known) ? 'outdated' : undefined;
}

/** Whether the storage of a replica that introduces itself lacks its latest start that is known here. */
export function isOlder(
  { cluster, generation, starts }: Introduction,
  { latest, generation: known }: Pick<Acquaintance, 'latest' | 'generation'>,
): boolean {
  // A replica that takes part in no group has promised nothing, or recovers. It tells so in its messages.
  if (cluster === null) return false;
  if (generation < Math.max(known, latest?.generation ?? 0)) return true;
  return latest?.generation === generation && !starts.includes(latest.start);
}

/** Why a replica is not admitted, in words, for its operator and for that of the other one. */
export function describeDenial(
  denial: Exclude<Denial, 'both-outdated'>,
  told: {
    readonly from: number;
    readonly by: number;
    readonly cluster: string | null;
    readonly own: string | null;
    /** Where the other process connects from. */
    readonly twin: string;
  },
): string {
  const { from, by, cluster, own, twin } = told;
  switch (denial) {
    case 'other-cluster':
      return `replica ${from} belongs to the cluster ${cluster}, and replica ${by} to the cluster ${own}: compare the addresses and the directories`;
    case 'outdated':
      return `replica ${by} has heard of a later start of replica ${from}`;
    case 'twin':
      return `replica ${by} hears another process that runs as replica ${from}, at ${twin}`;
  }
}

/** The same where two replicas do not admit each other. Neither may begin anew: the group may have no later copy than theirs. */
export function describeBothOutdated(from: number, by: number): string {
  return (
    `replica ${by} has heard of a later start of replica ${from}, and replica ${from} of a later start of replica ${by}: both have older ` +
    'copies of their directories, and keep them; start each with the latest directory that it had'
  );
}
