/**
 * What a replica knows of the starts of its own storage, and of those of other replicas. Each start has a name that no
 * other has. Storage that is put back from a copy, or runs in two processes, shows by the starts that it lacks.
 */
export interface KnownStarts {
  /** The starts of this storage, this one last. */
  readonly own: readonly string[];
  /** By replica: its latest start that is known here, or null. */
  readonly peers: readonly (PeerStart | null)[];
}

/** A start of another replica. */
export interface PeerStart {
  /** A name that no other start has. */
  readonly start: string;
  /** How often that replica had lost its memory before. */
  readonly generation: number;
}

/**
 * The starts that are kept. A peer that has been away for more of them takes this storage for an older copy; where frames are short, for
 * more than fit into one.
 */
const mostStarts = 1000;

/** The starts before any. */
export const noStarts: KnownStarts = { own: [], peers: [] };

/** The same with one more start of this storage. */
export function withStart({ own, peers }: KnownStarts, start: string): KnownStarts {
  return { own: [...own, start].slice(-mostStarts), peers };
}

/** The same without its last start. */
export function withoutStart({ own, peers }: KnownStarts): KnownStarts {
  return { own: own.slice(0, -1), peers };
}

/** The same with the latest start of another replica. */
export function withPeer({ own, peers }: KnownStarts, replica: number, latest: PeerStart): KnownStarts {
  const length = Math.max(peers.length, replica + 1);
  return {
    own,
    peers: Array.from({ length }, (_, number) => (number === replica ? latest : (peers[number] ?? null))),
  };
}
