import type { ReplicaMachine } from '../replicaMachine.ts';
import { allOf, type Fault, nothing, picked, type Room } from './fault.ts';

/** Faults of machines and of processes. */
export const machineFaults = {
  /** The process of a replica stands still. */
  freeze: ({ replicas, chance }) => {
    const { process } = picked(replicas, chance).machine;
    process?.freeze();
    return () => process?.thaw();
  },
  /** The process of a client stands still. */
  freezeClient: ({ programs, chance }) => {
    const { process } = picked(programs, chance);
    process.freeze();
    return () => process.thaw();
  },
  kill: ({ replicas, chance }) => {
    const replica = picked(replicas, chance);
    replica.machine.kill();
    return () => replica.start();
  },
  /** A replica is started again, and killed or without power at one of its next operations on files; many are those of its start. */
  killAtOperation: (room) => {
    const replica = picked(room.replicas, room.chance);
    const { machine, disk } = replica;
    const losesPower = room.chance.below(2) === 0;
    if (room.chance.below(2) === 0) machine.kill();
    replica.start();
    disk.interruptAfter(room.chance.below(40), () => {
      if (losesPower) losePower(room, [replica]);
      else machine.kill();
    });
    return () => replica.start();
  },
  powerCut: (room) => losePower(room, [picked(room.replicas, room.chance)]),
  /** All replicas lose their power at one moment. */
  blackout: (room) => losePower(room, room.replicas),
  /** A replica's time of day jumps. */
  clockJump: ({ replicas, chance }) => {
    const { machine } = picked(replicas, chance);
    machine.clockError += (chance.fraction() - 0.5) * 10 ** chance.below(8);
    return nothing;
  },
  /** The clocks of a machine run too fast or too slowly, its timers too, by up to a quarter. */
  clockDrift: (room) => {
    const machine = picked(allOf(room), room.chance);
    machine.runClocksAt(0.8 + room.chance.fraction() * 0.45);
    return () => machine.runClocksAt(1);
  },
  /** A client ends without a word, and another comes. */
  clientDies: ({ programs, chance, replaceClient }) => {
    replaceClient(chance.below(programs.length));
    return nothing;
  },
} satisfies Readonly<Record<string, Fault>>;

/** Takes the power of these machines away until the fault ends. */
function losePower({ network }: Room, replicas: readonly ReplicaMachine[]): () => void {
  for (const { machine } of replicas) {
    machine.powerOff();
    network.forgetAt(machine.name);
  }
  return () => {
    for (const replica of replicas) replica.start();
  };
}
