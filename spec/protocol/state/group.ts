/** What all replicas agree on in advance (VRR §4). Replicas are numbered from 0. */
export interface Group {
  /** K, the number of replicas. */
  readonly size: number;
  /** f, how many of them may fail at once. */
  readonly tolerated: number;
  /** K − f. Any two quorums share a replica. */
  readonly quorum: number;
  /**
   * `durable`: a replica acknowledges entries, and votes with a log, only once they are on stable storage. `diskless`: only the
   * view-number is there, and a replica that crashes asks the others for the rest.
   */
  readonly mode: 'durable' | 'diskless';
  /** The most clients that are registered at a time. With Infinity, clients need no registration. */
  readonly sessions: number;
  /** Whether the primary answers reads that are in no log. Then only it counts acknowledgements, as in the paper. */
  readonly reads: boolean;
}

/**
 * The group of so many replicas: f = ⌊(K − 1) / 2⌋, and a quorum is K − f. The paper's groups have K = 2f + 1, where a quorum is f + 1
 * (VRR §2). A group of even size survives no more failures than one with a replica less, and its quorums are one larger: only so do any
 * two of them share a replica.
 */
export function groupOf(
  size: number,
  mode: Group['mode'],
  sessions = Number.POSITIVE_INFINITY,
  reads = false,
): Group {
  const tolerated = Math.floor((size - 1) / 2);
  return { size, tolerated, quorum: size - tolerated, mode, sessions, reads };
}

/** The primary of a view: the views go round the group. */
export function primaryOf({ size }: Group, viewNumber: number): number {
  return viewNumber % size;
}
