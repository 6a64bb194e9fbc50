/** What a connection that was made here is for: `newcomer` until its other end has said who it is. */
type Kind = 'newcomer' | 'client' | 'replica';

/** The most clients of a replica, however many descriptors there are. */
const mostClients = 20_000;
/** Slots for newcomers, among which are those who ask only for the status. */
const newcomers = 32;
/** The descriptors of the process itself, of the files of its storage, and of those who read its metrics. */
const ownDescriptors = 64;
/** A connection in each direction to each other replica, and as many that are being replaced. */
const perReplica = 4;

/** How many descriptors a replica in a group of this size needs at least, to serve a few clients. */
export function fewestDescriptors(size: number): number {
  return ownDescriptors + perReplica * (size - 1) + 2 * newcomers;
}

/**
 * Shares the descriptors of a process among the connections that are made to a replica. Clients get what the storage and the other replicas
 * leave, so that they can keep neither from working. A newcomer always gets a place, if need be that of the oldest one that has not
 * said who it is: so other replicas, which say it at once, get in however many clients and strangers there are.
 */
export class ConnectionSlots<Connection> {
  private readonly size: number;
  private readonly descriptors: () => number;
  private readonly kinds = new Map<Connection, Kind>();
  /** Those that have not said who they are, the oldest first. */
  private readonly strangers = new Set<Connection>();
  private clients = 0;

  /** `size`: the number of replicas of the group; `descriptors`: those that there are for this replica. */
  constructor(size: number, descriptors: () => number) {
    this.size = size;
    this.descriptors = descriptors;
  }

  /** The most connections that may be open. */
  get most(): number {
    return this.mostClients + newcomers + perReplica * (this.size - 1);
  }

  /** The most clients that may be connected. */
  get mostClients(): number {
    const left = this.descriptors() - ownDescriptors - perReplica * (this.size - 1) - newcomers;
    return Math.max(0, Math.min(mostClients, left));
  }

  /** A connection was made. Yields the one that must be closed for it, if any. */
  open(connection: Connection): Connection | undefined {
    const [oldest] = this.strangers;
    const isFull = this.clients + this.strangers.size >= this.mostClients + newcomers;
    this.kinds.set(connection, 'newcomer');
    this.strangers.add(connection);
    if (!isFull || oldest === undefined) return undefined;
    // More may come before it is closed.
    this.close(oldest);
    return oldest;
  }

  /** The other end has said who it is. Yields whether there is a slot for that: a replica always has one. */
  introduce(connection: Connection, kind: 'client' | 'replica'): boolean {
    if (this.kinds.get(connection) !== 'newcomer') return true;
    if (kind === 'client' && this.clients >= this.mostClients) return false;
    if (kind === 'client') this.clients++;
    this.strangers.delete(connection);
    this.kinds.set(connection, kind);
    return true;
  }

  /** The connection is closed. */
  close(connection: Connection): void {
    if (this.kinds.get(connection) === 'client') this.clients--;
    this.kinds.delete(connection);
    this.strangers.delete(connection);
  }
}
