import { Chance } from '../../models/processes/chance.ts';
import { ClientProgram, SharedHistory } from '../../models/room/clientProgram.ts';
import { Machine } from '../../models/room/machine.ts';
import { RoomNetwork } from '../../models/room/network.ts';
import { ReplicaMachine } from '../../models/room/replicaMachine.ts';
import { realShell, type Shell } from '../../models/room/shell.ts';
import { RoomTime } from '../../models/room/time.ts';

/** Three servers in a room of which a test decides all that happens. */
export class SmallRoom {
  readonly time = new RoomTime();
  readonly network: RoomNetwork;
  readonly replicas: readonly ReplicaMachine[];
  private readonly shell: Shell;
  private readonly seed: number;

  constructor({ shell = realShell, seed = 1, descriptors = Number.POSITIVE_INFINITY } = {}) {
    this.shell = shell;
    this.seed = seed;
    this.network = new RoomNetwork(this.time, new Chance(seed, 'network'));
    this.replicas = this.environment.cluster.addresses.map(({ host }, number) => {
      const machine = this.machine(host);
      machine.descriptors = descriptors;
      return new ReplicaMachine(number, machine, this.environment);
    });
  }

  /** A machine without a process. */
  machine(name: string): Machine {
    const machine = new Machine(name, this.time, this.seed);
    this.network.add(machine);
    return machine;
  }

  /** A program with a client that makes no requests by itself. */
  program(name: string): ClientProgram {
    const program = new ClientProgram(this.machine(name), this.environment, new SharedHistory());
    program.stop();
    return program;
  }

  /** A process from which many connect: clients of the library, and strangers to one server that say nothing. */
  crowd(name: string) {
    const process = this.machine(name).start();
    const { clock, random } = process;
    const { shell, network, cluster } = this.environment;
    const platform = { clock, random, network: network.seenBy(process) };
    return {
      client: () => new shell.ClusterClient(cluster, {}, platform),
      stranger: (host: string) => void platform.network.connect({ host, port: 1 }, undefined),
    };
  }

  /** Lets so many milliseconds pass. */
  async pass(duration: number): Promise<void> {
    let isOver = false;
    this.time.after(duration, () => {
      isOver = true;
    });
    await this.time.run(() => isOver);
  }

  /** Lets time pass until the promise is settled. Yields how many milliseconds that took. */
  async until(promise: Promise<unknown>): Promise<number> {
    const { time } = this;
    const since = time.now;
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await time.run(() => isSettled);
    return time.now - since;
  }

  private get environment() {
    const { shell, network } = this;
    const cluster = shell.clusterOf([0, 1, 2].map((number) => ({ host: `r${number}`, port: 1 })));
    return { shell, network, cluster, parts: 1, pause: 500, slowestSync: 0, keyChars: 0 };
  }
}
