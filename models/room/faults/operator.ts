import type { Cluster } from '../../../impl/node/cluster/cluster.ts';
import type { ReplicaMachine } from '../replicaMachine.ts';
import { type Fault, nothing, picked, pickedTwo, settled } from './fault.ts';

/** Mistakes of operators. Those that last are mended once the operator has read about them in the log of a server. */
export const operatorFaults = {
  /** A server is started twice with one directory. */
  twoProcesses: ({ replicas, chance }) => {
    const replica = picked(replicas, chance);
    // A directory that was removed at work is locked no more.
    if (!replica.isDestroyed)
      void replica.startTwice(/\/data is in use by another process: stop that process first/);
    return nothing;
  },
  /** Another program holds the port of a server that is started again. */
  portTaken: ({ network, replicas, chance }) => {
    const replica = picked(replicas, chance);
    const { machine, mishaps } = replica;
    const says = /Cannot listen at .*EADDRINUSE.* Another process listens there/;
    const end = mishaps.begin({ says });
    network.taken.add(machine.name);
    replica.restart();
    return () => {
      network.taken.delete(machine.name);
      end();
    };
  },
  /** A setting that a group keeps is changed, for one replica or for all, and they are started again. */
  groupSetting: (room) => {
    const { chance } = room;
    const frame = 3 * 2 ** (13 + chance.below(6));
    const all = chance.shuffled(settled(room));
    const changed = chance.below(2) === 0 ? all : all.slice(0, 1);
    for (const replica of changed) {
      const { connectionLimits } = replica.usualCluster;
      const says = new RegExp(
        `frame_bytes was ${connectionLimits.frame}, and is ${frame}.*write the former ones into the file of the cluster`,
        's',
      );
      const queue = Math.max(connectionLimits.queue, 2 * frame);
      misconfigure(replica, { connectionLimits: { frame, queue } }, says);
    }
    return nothing;
  },
  /** Settings that concern one replica alone are changed for a while, and it is started again. */
  ownSetting: (room) => {
    const { chance } = room;
    const [replica] = chance.shuffled(settled(room));
    if (replica === undefined) return nothing;
    const { usualCluster } = replica;
    const { connectionLimits } = usualCluster;
    const tick = Math.round(usualCluster.tick * (0.8 + chance.fraction() * 0.5));
    const queue = 2 * connectionLimits.frame;
    replica.cluster = { ...usualCluster, tick, connectionLimits: { ...connectionLimits, queue } };
    replica.restart();
    return () => {
      if (!replica.awaitsOperator) replica.cluster = usualCluster;
    };
  },
  /** The file of one replica names the members in another order. */
  otherOrder: (room) => {
    const [replica] = room.chance.shuffled(settled(room));
    if (replica === undefined) return nothing;
    const { addresses } = replica.usualCluster;
    const two = pickedTwo([...addresses.keys()], room.chance);
    if (two === undefined) return nothing;
    const [one, other] = two;
    const mixed = addresses.map((address, number) => {
      const place = number === one ? other : number === other ? one : number;
      return addresses[place] ?? address;
    });
    misconfigure(
      replica,
      { addresses: mixed },
      /EADDRNOTAVAIL.*compare the number of the replica|replica \d answers at the address of replica \d/,
    );
    return nothing;
  },
} satisfies Readonly<Record<string, Fault>>;

/** Starts the replica with another file, until its operator reads what the server says of that. */
function misconfigure(replica: ReplicaMachine, change: Partial<Cluster>, says: RegExp): void {
  const cluster = { ...replica.usualCluster, ...change };
  replica.cluster = cluster;
  replica.awaitsOperator = true;
  replica.restart();
  replica.mishaps.begin({
    says,
    mend: () => {
      replica.cluster = replica.usualCluster;
      replica.awaitsOperator = false;
      replica.restart();
    },
  });
}
