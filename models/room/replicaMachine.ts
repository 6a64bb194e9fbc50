import { pino } from 'pino';
import { logObserver } from '../../impl/cli/serverLog.ts';
import type { Cluster } from '../../impl/node/cluster/cluster.ts';
import type { ServeObserver } from '../../impl/node/serve.ts';
import { RoomDisk } from './disk.ts';
import type { Machine } from './machine.ts';
import type { RoomNetwork } from './network.ts';
import type { Shell } from './shell.ts';

/** Milliseconds until what supervises a server starts it again after it has failed. */
const restartDelay = 1_000;

/** What a server runs with. */
export interface ReplicaEnvironment {
  readonly shell: Shell;
  readonly network: RoomNetwork;
  readonly cluster: Cluster;
  /** By how many milliseconds a sync of its disk takes longer than one, at most. */
  readonly slowestSync: number;
}

/** A machine that runs one replica: the real server, with its log, on a disk that outlives it. */
export class ReplicaMachine {
  readonly machine: Machine;
  readonly disk: RoomDisk;
  /** Lines that it has logged. */
  lines = 0;
  /** What it must not have logged, or failed with. */
  readonly wrong: string[] = [];
  /** Whether its directory is an earlier copy, with which it must not go on. */
  isOutdated = false;
  /** Whether that was ever so. */
  private wasOutdated = false;
  private readonly number: number;
  private readonly environment: ReplicaEnvironment;

  constructor(number: number, machine: Machine, environment: ReplicaEnvironment) {
    this.number = number;
    this.machine = machine;
    this.environment = environment;
    this.disk = new RoomDisk(machine.chance, environment.slowestSync);
    this.start();
  }

  /** Starts the server, unless it runs. */
  start(): void {
    if (this.machine.process === undefined) void this.serve();
  }

  /** Puts its directory back from an earlier copy, or makes one. */
  copied(round: number): void {
    if (!this.disk.putBack(round)) return;
    this.isOutdated = true;
    this.wasOutdated = true;
  }

  private async serve(): Promise<void> {
    const { shell, network, cluster } = this.environment;
    const { machine, number: index } = this;
    const process = machine.start();
    machine.time.note(`${machine.name} starts`);
    const { clock, random } = process;
    const { keyValueService: service } = shell;
    try {
      const server = await shell.serve(
        { service, config: cluster, index, data: '/data', observer: this.observer() },
        { clock, random, network: network.seenBy(process), disk: this.disk.seenBy(process) },
      );
      await server.failure;
    } catch (error) {
      if (!process.isAlive) return;
      this.wrong.push(`${machine.name} failed: ${String(error)}`);
      machine.kill();
      machine.time.after(restartDelay, () => {
        if (machine.isOn) this.start();
      });
    }
  }

  /** The log of a real server, at its usual level. */
  private observer(): Partial<ServeObserver> {
    const { machine } = this;
    const write = (line: string): void => {
      this.lines++;
      machine.time.note(`${machine.name} ${line}`);
      if (line.startsWith('{"level":50') && !isExpected(line, this.wasOutdated))
        this.wrong.push(`${machine.name} logged ${line.trim()}`);
      // A copy of an empty directory is as good as none.
      if (line.includes('founded without this storage')) this.isOutdated = false;
    };
    const onSetAside = (aside: string): void => {
      machine.time.note(`${machine.name} set its directory aside as ${aside}`);
      if (!this.isOutdated) this.wrong.push(`${machine.name} set its directory aside as ${aside}`);
      this.isOutdated = false;
    };
    const onFinding = (finding: string): void => machine.time.note(`${machine.name} found ${finding}`);
    return {
      ...logObserver(pino({ base: null, timestamp: false }, { write }), () => machine.time.now),
      onFinding,
      onSetAside,
    };
  }
}

/** Clocks do jump in the room; and a machine that comes back at once finds its earlier start believed alive for a moment. */
function isExpected(line: string, wasOutdated: boolean): boolean {
  return (
    line.includes('the clock of this machine') ||
    line.includes('"denial":"twin"') ||
    (wasOutdated && line.includes('"denial":"outdated"'))
  );
}
