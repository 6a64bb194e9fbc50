import { type Generations, isSameKnowledge, noLosses } from './generations.ts';
import { type Group, primaryOf } from './group.ts';
import type { Log } from './log.ts';
import type { Message, Read } from './messages.ts';

/** What is on stable storage, or will be once a write is durable. A crash undoes everything else. */
export interface Stored {
  readonly viewNumber: number;
  /** The last normal view of the stored log. 0 if no log is stored. */
  readonly lastNormalView: number;
  /** Undefined if it is not there: in diskless mode, and after the storage was damaged. */
  readonly log: Log | undefined;
  /** What is known of lost storages. Undefined if the storage itself was lost whole: then its view-number is 0. */
  readonly generations: Generations | undefined;
}

/** A read that waits at the primary, and what the primary had done when it came. */
export interface NotedRead {
  readonly read: Read;
  readonly viewNumber: number;
  /** How many entries it had executed. */
  readonly commitNumber: number;
  /** How many rounds it had begun. */
  readonly rounds: number;
}

/**
 * One replica (VRR §4, Figure 2). `up`: it takes part. `recovering`: it has lost its log, and takes part in nothing until the
 * others have told it their log. `down`: it has crashed.
 *
 * A replica that is up is normal if `lastNormalView` is `viewNumber`, and in a view change otherwise.
 */
export interface Replica {
  readonly status: 'up' | 'recovering' | 'down';
  readonly viewNumber: number;
  /** The last view in which it was normal: the view whose log it holds. */
  readonly lastNormalView: number;
  readonly log: Log;
  /** How many entries it has executed. */
  readonly commitNumber: number;
  /** How often it has restarted. */
  readonly incarnation: number;
  /** What it knows of lost storages. While it recovers from such a loss, it counts as 0 what it does not know. */
  readonly generations: Generations;
  readonly disk: Stored;
  /** What it has written and is not yet durable, in order. The last one is what it has in memory. */
  readonly writes: readonly Stored[];
  /** How many rounds it has begun in the view that it has started last: how often it has asked who is in it. */
  readonly rounds: number;
  /** The reads that it has noted since it last started a view. */
  readonly reads: readonly NotedRead[];
}

/** A client: its requests have the numbers 1, 2, … */
export interface Client {
  readonly clientId: string;
  /** The number of its latest request. */
  readonly requestNumber: number;
  /** The number of the latest request that was answered. */
  readonly answered: number;
  /** The number of its latest read. Reads have numbers of their own. */
  readonly readNumber: number;
  /** The number of the latest read that was answered. */
  readonly readAnswered: number;
}

/**
 * Every message that was ever sent. It only grows: a message in it may arrive at any moment, again and again, or never. So there
 * is no action in which the network loses, delays, repeats or reorders messages.
 */
export interface Sent {
  has(message: Message): boolean;
  with(message: Message): Sent;
  /** The highest op-number that the replica has acknowledged in the view, or 0. */
  acknowledged(viewNumber: number, replica: number): number;
  /** The latest round of the view in which the replica has said that it is still in it, or 0. */
  confirmed(viewNumber: number, replica: number): number;
}

/** The state of a whole group, its clients and its network. */
export interface State {
  readonly group: Group;
  readonly replicas: readonly Replica[];
  readonly clients: readonly Client[];
  readonly sent: Sent;
  /** By view: the log with which its primary last started it. */
  readonly started: readonly (Log | undefined)[];
  /** The log without entries. */
  readonly empty: Log;
}

/** The state before any action. All replicas are normal in view 0, with this empty log. */
export function beginning(group: Group, sent: Sent, clients: readonly Client[], empty: Log): State {
  const disk = storedOf(group, { viewNumber: 0, lastNormalView: 0, log: empty, generations: noLosses });
  const replica: Replica = {
    status: 'up',
    viewNumber: 0,
    lastNormalView: 0,
    log: empty,
    commitNumber: 0,
    incarnation: 0,
    generations: noLosses,
    disk,
    writes: [],
    rounds: 0,
    reads: [],
  };
  return {
    group,
    replicas: Array.from({ length: group.size }, () => replica),
    clients,
    sent,
    started: [empty],
    empty,
  };
}

/** The replica with this number. */
export function replicaAt({ replicas }: State, number: number): Replica {
  const replica = replicas[number];
  if (replica === undefined) throw new RangeError(`A group of ${replicas.length} has no replica ${number}.`);
  return replica;
}

/** Whether the replica is normal (VRR §4). */
export function isNormal({ status, viewNumber, lastNormalView }: Replica): boolean {
  return status === 'up' && viewNumber === lastNormalView;
}

/** Whether the replica is the primary of its view. */
export function isPrimary({ group, replicas }: State, number: number): boolean {
  const replica = replicas[number];
  return replica !== undefined && primaryOf(group, replica.viewNumber) === number;
}

/** The part of this that a replica stores. */
function storedOf({ mode }: Group, { viewNumber, lastNormalView, log, generations }: Stored): Stored {
  return mode === 'durable'
    ? { viewNumber, lastNormalView, log, generations }
    : { viewNumber, lastNormalView: 0, log: undefined, generations };
}

/**
 * What the replica holds so that others can rely on it: what is on its disk. In diskless mode it is the log in its memory, if
 * the view of that log is on its disk, and it has not forgotten the log.
 */
export function held({ group }: State, { status, disk, lastNormalView, log }: Replica): Stored {
  const { viewNumber, generations } = disk;
  const isMemory =
    group.mode === 'diskless' && status === 'up' && generations !== undefined && viewNumber >= lastNormalView;
  return isMemory ? { viewNumber, lastNormalView, log, generations } : disk;
}

/** The state after a replica has changed. The replica also writes the part of the change that it must store. */
export function withReplica(state: State, number: number, change: Partial<Replica>): State {
  const after = changed(replicaAt(state, number), change);
  const { group, clients, sent, started, empty } = state;
  const stored = storedOf(group, after);
  const needsNoWrite = after.status !== 'up' || isSame(stored, after.writes.at(-1) ?? after.disk);
  const next = needsNoWrite ? after : changed(after, { writes: [...after.writes, stored] });
  return { group, replicas: state.replicas.with(number, next), clients, sent, started, empty };
}

/** The replica with this part of it changed. Written as a literal, because it runs after every step of the implementation. */
function changed(before: Replica, change: Partial<Replica>): Replica {
  return {
    status: change.status ?? before.status,
    viewNumber: change.viewNumber ?? before.viewNumber,
    lastNormalView: change.lastNormalView ?? before.lastNormalView,
    log: change.log ?? before.log,
    commitNumber: change.commitNumber ?? before.commitNumber,
    incarnation: change.incarnation ?? before.incarnation,
    generations: change.generations ?? before.generations,
    disk: change.disk ?? before.disk,
    writes: change.writes ?? before.writes,
    rounds: change.rounds ?? before.rounds,
    reads: change.reads ?? before.reads,
  };
}

/** Whether both are the same view, the same log and the same knowledge of losses. */
export function isSame(one: Stored, other: Stored): boolean {
  return (
    one.viewNumber === other.viewNumber &&
    one.lastNormalView === other.lastNormalView &&
    one.log === other.log &&
    isSameKnowledge(one.generations, other.generations)
  );
}
