import { SimulatedFiles } from '../../storage/simulatedFiles.ts';
import { corruptAll, corruptOne } from '../corruption.ts';
import { type DiskOperation, dataDirectory, whole } from '../disk.ts';
import type { ReplicaMachine } from '../replicaMachine.ts';
import {
  expendable,
  type Fault,
  mostDestroyed,
  nothing,
  picked,
  pickedTwo,
  type Room,
  settled,
} from './fault.ts';

/** Faults of disks, and of the directories on them. */
export const diskFaults = {
  slowDisk: ({ replicas, chance }) => {
    const { disk } = picked(replicas, chance);
    disk.slowest = 10 ** (1 + chance.fraction() * 2.5);
    return () => disk.heal();
  },
  /** From the next sync on, none ends until the process does. */
  stuckDisk: ({ replicas, chance }) => {
    const replica = picked(replicas, chance);
    const says = /a sync has not ended for 30 s\): check the disk, and start the replica again/;
    if (!replica.disk.isStuck) replica.disk.stick(replica.mishaps.begin({ says }));
    return nothing;
  },
  /** No more bytes fit. */
  fullDisk: (room) => failing(room, 'ENOSPC', ['write']),
  /** Operations of one kind fail. */
  failingDisk: (room) =>
    failing(room, 'EIO', [picked<DiskOperation>(['read', 'write', 'sync', 'open', 'rename'], room.chance)]),
  /** No further file can be opened. */
  noDescriptors: (room) => failing(room, 'EMFILE', ['open', 'lock']),
  /** Nothing can be changed. */
  readOnlyDisk: (room) => failing(room, 'EROFS', ['write', 'open', 'rename', 'lock']),
  /** A file of a replica that is down is corrupt. */
  corruptAtRest: (room) => corrupting(room, (replica) => replica.machine.kill()),
  /** A file of a replica is corrupt while that runs. It is started again some time after. */
  corruptAtWork: (room) => corrupting(room, () => undefined),
  /** All files of a replica that is down are corrupt, so that the server cannot know what its replica has promised. */
  ruined: (room) => {
    const replica = expendable(room);
    if (replica === undefined) return nothing;
    replica.machine.kill();
    replica.destroyed();
    replica.awaitsOperator = true;
    corruptAll(replica.disk.files, dataDirectory);
    const mend = (): void => {
      replica.awaitsOperator = false;
      replica.beginAnew();
    };
    replica.mishaps.begin({ says: beginsAnew, mend });
    return () => replica.start();
  },
  /** The directory of one replica is removed. It has lost its memory then, which a group of three or more survives. */
  wiped: (room) => {
    const replica = expendable(room);
    if (replica === undefined) return nothing;
    replica.machine.kill();
    replica.destroyed();
    replica.disk.exchange(SimulatedFiles.empty());
    return () => replica.start();
  },
  /** The directory of one replica is removed while that runs. */
  wipedAtWork: (room) => {
    const replica = expendable(room);
    if (replica === undefined) return nothing;
    replica.destroyed();
    replica.disk.files.discard(dataDirectory);
    replica.mishaps.begin({ says: /ENOENT.*check the disk, and start the replica again/ });
    return () => replica.restart();
  },
  /**
   * The directory of one replica, the same in the whole run, is put back from a copy of an earlier round: since then the others have heard
   * of a later start. It has lost its memory then.
   */
  putBack: (room) => {
    const { replicas, round } = room;
    const replica = replicas.at(-1);
    if (replica === undefined || replica.awaitsOperator) return nothing;
    if (!replica.isDestroyed && expendable(room) === undefined) return nothing;
    replica.machine.kill();
    replica.copied(round);
    return () => replica.start();
  },
  /**
   * Some replicas start with empty directories, because their disks are not there; later these are there again. Nothing is lost that way,
   * of however many replicas.
   */
  unmounted: (room) => {
    const { replicas, chance } = room;
    // So many may recover from the others meanwhile; and so many certainly do not.
    const [most, least] = [mostDestroyed(replicas.length), replicas.length - mostDestroyed(replicas.length)];
    const drawn = 1 + chance.below(replicas.length - 1);
    const gone = chance.shuffled(replicas).slice(0, drawn > most ? Math.max(drawn, least) : drawn);
    // If no directory of the group were there, the servers would found another one.
    if (replicas.length < 3 || settled(room).length < replicas.length) return nothing;
    const disks = gone.map((replica) => {
      replica.machine.kill();
      replica.awaitsOperator = true;
      const files = replica.disk.exchange(SimulatedFiles.empty());
      const end = replica.mishaps.begin({ says: /have lost their state at once/ });
      replica.start();
      return { replica, files, end };
    });
    return () => {
      for (const { replica, files, end } of disks) {
        replica.machine.kill();
        replica.disk.exchange(files);
        replica.awaitsOperator = false;
        if (gone.length <= most) replica.destroyed();
        replica.start();
        end();
      }
    };
  },
  /** The directories of two replicas are exchanged, until the operator reads about it. */
  swapped: (room) => {
    const two = pickedTwo(settled(room), room.chance);
    if (two === undefined) return nothing;
    const swap = (awaitsOperator: boolean): void => {
      const [one, other] = two;
      for (const { machine } of two) machine.kill();
      other.disk.exchange(one.disk.exchange(other.disk.exchange(SimulatedFiles.empty())));
      for (const replica of two) {
        replica.awaitsOperator = awaitsOperator;
        replica.start();
      }
    };
    swap(true);
    let isSwapped = true;
    const mend = (): void => {
      if (isSwapped) swap(false);
      isSwapped = false;
      for (const end of ends) end();
    };
    const ends = two.map(({ mishaps }) => mishaps.begin({ says: otherReplica, mend }));
    return nothing;
  },
  /** The directory of one replica takes the place of that of another, until the operator reads about it. */
  cloned: (room) => {
    const replica = expendable(room);
    const source = settled(room).find((other) => other !== replica);
    if (replica === undefined || source === undefined) return nothing;
    replica.machine.kill();
    replica.destroyed();
    replica.awaitsOperator = true;
    replica.disk.exchange(whole(source.disk.files));
    const mend = (): void => {
      replica.awaitsOperator = false;
      replica.beginAnew();
    };
    replica.mishaps.begin({ says: otherReplica, mend });
    return () => replica.start();
  },
  /** A directory has what a file system of its own has. */
  lostAndFound: ({ replicas, chance }) => {
    const replica = picked(replicas, chance);
    replica.disk.files.add(`${dataDirectory}/lost+found`);
    replica.restart();
    return nothing;
  },
  /** Another directory is kept among the files of a replica, until the operator reads about it. */
  foreignFile: (room) => {
    const [replica] = room.chance.shuffled(settled(room));
    if (replica === undefined) return nothing;
    const path = `${dataDirectory}/notes`;
    replica.disk.files.add(path);
    replica.awaitsOperator = true;
    replica.restart();
    const mend = (): void => {
      replica.disk.files.discard(path);
      replica.awaitsOperator = false;
    };
    replica.mishaps.begin({ says: /\/data\/notes is no file of a replica: move it away/, mend });
    return nothing;
  },
} satisfies Readonly<Record<string, Fault>>;

const beginsAnew = /Set the directory aside, keep it, and start this replica with an empty one/;
const otherReplica = /belongs to replica \d .* give each replica the directory that it had before/s;

/** Operations of a disk fail for a while. The server ends, and is started again and again. */
function failing({ replicas, chance }: Room, code: string, operations: readonly DiskOperation[]): () => void {
  const { disk, mishaps } = picked(replicas, chance);
  const trouble = { code, operations };
  disk.trouble = trouble;
  const end = mishaps.begin({
    says: new RegExp(`${code}.*check the disk, and start the replica again`, 's'),
  });
  return () => {
    if (disk.trouble === trouble) disk.trouble = undefined;
    end();
  };
}

/** Corrupts a file of one replica after this, and starts the replica again. What cannot be used is set aside, as the server says. */
function corrupting(room: Room, before: (replica: ReplicaMachine) => void): () => void {
  const replica = expendable(room);
  if (replica === undefined) return nothing;
  const { machine, disk } = replica;
  before(replica);
  const done = corruptOne(disk.files, dataDirectory, room.chance);
  machine.time.note(`${machine.name} ${done}`);
  replica.destroyed();
  replica.mishaps.begin({
    says: beginsAnew,
    mend: () => replica.beginAnew(),
    isUncertain: true,
  });
  return () => replica.restart();
}
