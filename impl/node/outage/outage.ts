import type { Replica } from '../../replica/data/replica.ts';
import type { StatusReport } from '../tcp/handshake.ts';

/**
 * What keeps a replica from taking part. `founding`: members of a new group are awaited; `no-majority`: too few replicas are reached;
 * `storage-lost`: too few of them still have their data; `recovering`: it lacks its state, and too few others are normal to restore it;
 * `no-view`: enough are reached, and yet no view starts.
 */
export type OutageCode = 'founding' | 'no-majority' | 'storage-lost' | 'recovering' | 'no-view';

/** What keeps a replica from taking part, and what is needed. */
export interface Outage {
  /** Which case it is. */
  readonly code: OutageCode;
  /** The other replicas on which it depends. */
  readonly awaited: readonly number[];
  /** In sentences, for an operator. */
  readonly text: string;
}

/** What a replica knows of another one. */
export interface PeerFacts {
  readonly isReached: boolean;
  /** For how many milliseconds it has been so. */
  readonly duration: number;
  /** Why it is not reached. */
  readonly reason: string;
  /** What it said of itself last; undefined while it is not reached. */
  readonly status: StatusReport['status'] | undefined;
}

/** The parts of a replica that tell whether it has one. */
export type OutageSubject = Pick<
  Replica,
  'configuration' | 'replicaNumber' | 'status' | 'recovery' | 'membership'
>;

/** What keeps the replica from taking part; undefined if nothing does, as far as it knows. `peers`: of all others, by number. */
export function outageOf(
  replica: OutageSubject,
  peers: () => ReadonlyMap<number, PeerFacts>,
): Outage | undefined {
  const { status, recovery, membership, configuration } = replica;
  if (configuration.size === 1) return undefined;
  if (recovery !== undefined && membership.founders.length === 0 && recovery.founders.length === 0)
    return founding(replica, recovery.recovering, peers());
  if (status === 'normal' || status === 'state-transfer') return undefined;
  return status === 'recovering' ? recovering(replica, peers()) : viewChanging(replica, peers());
}

function founding(
  { configuration: { size } }: OutageSubject,
  heard: readonly { readonly replicaNumber: number }[],
  peers: ReadonlyMap<number, PeerFacts>,
): Outage {
  const awaited = [...peers.keys()].filter((number) =>
    heard.every(({ replicaNumber }) => replicaNumber !== number),
  );
  return {
    ...{ code: 'founding', awaited },
    text:
      `The group is not founded, as far as this server knows: its directory is new, and all ${size} servers must run at one time. ` +
      `Awaited: ${described(awaited, peers)}. Start them.`,
  };
}

function recovering(replica: OutageSubject, peers: ReadonlyMap<number, PeerFacts>): Outage | undefined {
  const { tolerated, mode } = replica.configuration;
  const others = [...peers.keys()];
  const normal = others.filter((number) => peers.get(number)?.status === 'normal');
  // VRR §4.3: f + 1 others must answer, and only normal ones do.
  if (normal.length > tolerated) return undefined;
  const lost = others.filter((number) => lacksState(peers.get(number)));
  if (lost.length + 1 > tolerated) return storageLost(replica, [...lost, replica.replicaNumber], peers);
  const awaited = others.filter((number) => !normal.includes(number));
  const what =
    mode === 'durable' ? 'has lost its storage, or found it corrupt' : 'has no state after its start';
  return {
    ...{ code: 'recovering', awaited },
    text:
      `This replica ${what}, and recovers from the others, of which ${tolerated + 1} must be normal. ` +
      `Normal: ${normal.length}. Awaited: ${described(awaited, peers)}. Start those that do not run, each with the directory that it had.`,
  };
}

function viewChanging(replica: OutageSubject, peers: ReadonlyMap<number, PeerFacts>): Outage {
  const { size, quorum, tolerated } = replica.configuration;
  const others = [...peers.keys()];
  const lost = others.filter((number) => lacksState(peers.get(number)));
  if (lost.length > tolerated) return storageLost(replica, lost, peers);
  const silent = others.filter((number) => peers.get(number)?.isReached !== true);
  const voters = size - silent.length - lost.length;
  const awaited = [...silent, ...lost].toSorted((one, other) => one - other);
  if (voters < quorum)
    return {
      ...{ code: 'no-majority', awaited },
      text:
        `No majority: ${quorum} of the ${size} replicas must run with their data and reach each other, and this one finds ${voters}, ` +
        `itself included. Awaited: ${described(awaited, peers)}. Start the servers that do not run, each with the directory that it had, ` +
        'or mend the links.',
    };
  return {
    ...{ code: 'no-view', awaited: [] },
    text:
      `A majority is reached, and no view has started yet: the replicas vote, or a new primary fetches what it lacks. ` +
      'If this lasts, look at the links between the other servers, and at "because" in their logs.',
  };
}

/** More replicas have lost their data than the group survives. `lost` may hold this one. */
function storageLost(
  replica: OutageSubject,
  lost: readonly number[],
  peers: ReadonlyMap<number, PeerFacts>,
): Outage {
  const { size, quorum, tolerated, mode } = replica.configuration;
  const numbers = lost.toSorted((one, other) => one - other);
  const awaited = numbers.filter((number) => number !== replica.replicaNumber);
  const silent = [...peers.keys()].filter((number) => peers.get(number)?.isReached !== true);
  const begin =
    `${named(numbers)} ${numbers.length === 1 ? 'runs' : 'run'} without data of this group, and it survives the loss of ${tolerated} ` +
    `at a time: ${quorum} of ${size} replicas must have theirs.`;
  const others =
    silent.length === 0
      ? ''
      : ` Not reached: ${described(silent, peers)}: start every server that still has its data.`;
  const remedy =
    mode === 'durable'
      ? ' See whether --data names the directories that they had, and whether those disks are mounted: started with these, the group goes ' +
        'on, and nothing is lost. If they are gone, so may be requests that were acknowledged, and no server can tell: it goes on by itself ' +
        'no more.'
      : ' What they held in memory is gone, and with it acknowledged requests may be: no server can tell, and the group goes on by itself no more.';
  return {
    ...{ code: 'storage-lost', awaited },
    text: `${begin}${others}${remedy} Keep every directory as it is, also of the servers that are well.`,
  };
}

/** Whether a replica that is reached says that it has lost its state, or never had any. */
function lacksState(peer: PeerFacts | undefined): boolean {
  return peer?.status === 'recovering' || peer?.status === 'bootstrapping';
}

const doings: Readonly<Record<StatusReport['status'], string>> = {
  bootstrapping: 'has a new directory',
  normal: 'is normal',
  'view-change': 'changes its view',
  'state-transfer': 'fetches entries',
  recovering: 'recovers',
};

function described(numbers: readonly number[], peers: ReadonlyMap<number, PeerFacts>): string {
  return numbers.map((number) => `replica ${number} (${stateOf(peers.get(number))})`).join(', ');
}

function stateOf(peer: PeerFacts | undefined): string {
  if (peer?.isReached !== true) {
    const { reason = '', duration = 0 } = peer ?? {};
    return `not reached for ${inWords(duration)}${reason === '' ? '' : `: ${reason}`}`;
  }
  return peer.status === undefined ? 'reached, and says nothing of itself yet' : doings[peer.status];
}

/** `Replica 1`, or `Replicas 1 and 2`. */
function named(numbers: readonly number[]): string {
  const last = numbers.at(-1);
  return numbers.length === 1 ? `Replica ${last}` : `Replicas ${numbers.slice(0, -1).join(', ')} and ${last}`;
}

/** A duration in milliseconds for people: `12 s`, `3 min`, `5 h`. */
export function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
