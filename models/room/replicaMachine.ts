import { pino } from 'pino';
import { logObserver } from '../../impl/cli/serverLog.ts';
import type { Cluster } from '../../impl/node/cluster/cluster.ts';
import type { Disk } from '../../impl/node/platform/disk.ts';
import type { ServedReplica, ServeObserver } from '../../impl/node/serve.ts';
import type { StatusReport } from '../../impl/node/tcp/handshake.ts';
import { SimulatedFiles } from '../storage/simulatedFiles.ts';
import { dataDirectory, RoomDisk } from './disk.ts';
import type { Machine, RoomProcess } from './machine.ts';
import { Mishaps } from './mishaps.ts';
import type { RoomNetwork } from './network.ts';
import type { Shell } from './shell.ts';

/** Milliseconds in which it is durable that a replica takes part in its group, though its disk be slow. */
const joinedWithin = 4_000;

/** Ticks until what supervises a server starts it again after it has failed. */
const restartTicks = 20;

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
  readonly mishaps: Mishaps;
  /** Whether something about its directory or its file is wrong that an operator has to put right. */
  awaitsOperator = false;
  /** What its file says of the cluster. It counts from the next start on. */
  cluster: Cluster;
  /** Whether its storage was destroyed or altered, or put back from an earlier copy, and it has not come back since. */
  private wasDestroyed = false;
  /** Whether that was ever so. */
  private wasEverDestroyed = false;
  /** When it said first that it takes part in its group. */
  private joined = Number.POSITIVE_INFINITY;
  /** Whether others do not believe it, since it began with the directory that it has. */
  private isDenied = false;
  private destroyedIn: RoomProcess | undefined;
  private server: ServedReplica | undefined;
  /** Whether it has failed, and will be started again. */
  private willRestart = false;
  private readonly number: number;
  private readonly environment: ReplicaEnvironment;

  constructor(number: number, machine: Machine, environment: ReplicaEnvironment) {
    this.number = number;
    this.machine = machine;
    this.environment = environment;
    this.disk = new RoomDisk(machine.chance, environment.slowestSync);
    this.mishaps = new Mishaps(machine.time, machine.chance);
    this.cluster = environment.cluster;
    this.start();
  }

  /** The cluster's file as all replicas should have it. */
  get usualCluster(): Cluster {
    return this.environment.cluster;
  }

  /** The status of its replica; undefined while it does not run. */
  get status(): StatusReport['status'] | undefined {
    return this.machine.process === undefined ? undefined : this.server?.status()?.status;
  }

  /** Milliseconds for which its process has run. */
  get ran(): number {
    return this.machine.process?.clock.now() ?? 0;
  }

  /** Whether the group has to do without what its storage held. */
  get isDestroyed(): boolean {
    return this.wasDestroyed;
  }

  /** Whether its storage says that it is a member of its group. */
  get hasJoined(): boolean {
    return this.joined + joinedWithin < this.machine.time.now;
  }

  /** Whether it waits for its disk. */
  get isWriting(): boolean {
    const { process } = this.machine;
    return process !== undefined && this.disk.syncsOf(process) > 0;
  }

  /** Whether it may be long until it takes part again. */
  get isAway(): boolean {
    return this.wasDestroyed || this.awaitsOperator;
  }

  /** Its storage is destroyed or altered. It may be set aside from now on. */
  destroyed(): void {
    this.wasDestroyed = true;
    this.wasEverDestroyed = true;
    this.destroyedIn = this.machine.process;
  }

  /** Why it does not take part in its group, in a sentence; undefined if it does. */
  get absence(): string | undefined {
    const { machine, status = 'down' } = this;
    if (this.isOutdated) return `${machine.name} goes on with an earlier copy of its directory.`;
    if (status !== 'normal') return `${machine.name} does not take part again: it is ${status}.`;
    return this.isDenied ? `${machine.name} does not take part again: others do not believe it.` : undefined;
  }

  /** Notes that it takes part, if it does. What was destroyed before it started has come back then. */
  noteReturn(): void {
    const hasStarted = this.machine.process !== this.destroyedIn;
    // A replica takes part before that is durable.
    if (hasStarted && this.absence === undefined && !this.disk.isStuck) this.wasDestroyed = false;
  }

  /** Starts it again, in the place of the process that runs. */
  restart(): void {
    this.machine.kill();
    this.start();
  }

  /** Puts an empty directory in the place of its own, and starts it again. */
  beginAnew(): void {
    this.machine.kill();
    this.disk.exchange(SimulatedFiles.empty());
    this.isOutdated = false;
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
    this.destroyed();
  }

  /** Starts a second process with the same directory, by mistake. It must end at once, and say why. */
  async startTwice(says: RegExp): Promise<void> {
    const { machine } = this;
    if (machine.process === undefined || this.status === undefined) return;
    const process = machine.another();
    try {
      await this.serveWith(process, this.disk.sharedWith(process));
      this.wrong.push(`a second process runs on the directory of ${machine.name}`);
    } catch (error) {
      const text = String(error);
      machine.time.note(`${machine.name} a second process failed: ${text}`);
      if (process.isAlive && !says.test(text) && !this.mishaps.explains(text))
        this.wrong.push(`a second process failed: ${text}`);
    }
    process.end();
  }

  private async serve(): Promise<void> {
    const { machine } = this;
    const process = machine.start();
    machine.time.note(`${machine.name} starts`);
    this.server = undefined;
    this.isDenied = false;
    try {
      const server = await this.serveWith(process, this.disk.seenBy(process));
      if (process.isAlive) this.server = server;
      await server.failure;
    } catch (error) {
      if (!process.isAlive) return;
      const failed = `${machine.name} failed: ${String(error)}`;
      machine.time.note(failed);
      if (!this.mishaps.explains(failed)) this.wrong.push(failed);
      machine.kill();
      this.restartLater();
    }
  }

  private restartLater(): void {
    const { machine, environment } = this;
    if (this.willRestart) return;
    this.willRestart = true;
    machine.time.after(restartTicks * environment.cluster.tick, () => {
      this.willRestart = false;
      if (machine.isOn) this.start();
    });
  }

  private serveWith(process: RoomProcess, disk: Disk): Promise<ServedReplica> {
    const { shell, network } = this.environment;
    const { cluster: config, number: index } = this;
    const { clock, random } = process;
    return shell.serve(
      { service: shell.keyValueService, config, index, data: dataDirectory, observer: this.observer() },
      { clock, random, network: network.seenBy(process), disk },
    );
  }

  /** The log of a real server, at its usual level. */
  private observer(): Partial<ServeObserver> {
    const { machine } = this;
    const write = (line: string): void => {
      this.lines++;
      machine.time.note(`${machine.name} ${line}`);
      // An earlier copy of an empty directory is as good as none.
      if (line.includes('founded without this storage')) this.isOutdated = false;
      if (line.includes('takes part in its group')) this.joined = Math.min(this.joined, machine.time.now);
      if (line.includes('"denial":"outdated"')) this.isDenied = true;
      if (line.startsWith('{"level":30') || this.mishaps.explains(line)) return;
      if (line.startsWith('{"level":50') && !isExpected(line, this.wasEverDestroyed))
        this.wrong.push(`${machine.name} logged ${line.trim()}`);
    };
    const onSetAside = (aside: string): void => {
      machine.time.note(`${machine.name} set its directory aside as ${aside}`);
      if (!this.wasEverDestroyed) this.wrong.push(`${machine.name} set its directory aside as ${aside}`);
      this.isOutdated = false;
      this.isDenied = false;
    };
    const onFinding = (finding: string): void => {
      machine.time.note(`${machine.name} found ${finding}`);
      if (!this.wasEverDestroyed) this.wrong.push(`${machine.name} found ${finding}`);
    };
    return {
      ...logObserver(pino({ base: null, timestamp: false }, { write }), () => machine.time.now),
      onFinding,
      onSetAside,
    };
  }
}

/** Clocks do jump in the room; and a machine that comes back at once finds its earlier start believed alive for a moment. */
function isExpected(line: string, wasEverDestroyed: boolean): boolean {
  return (
    line.includes('the clock of this machine') ||
    line.includes('"denial":"twin"') ||
    (wasEverDestroyed && /"denial":"(both-)?outdated"/.test(line))
  );
}
