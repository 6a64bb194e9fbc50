import type { Cluster } from '../../../impl/node/index.ts';
import { type DiskFaults, type NodeFaults, nameOf } from '../faults/faults.ts';
import { NodeProcess, type NodeProgram } from '../nodes/nodeProcess.ts';
import type { NodeLifecycle } from '../test/environment.ts';
import { flipBit, limitFileSize, unlimitFileSize, writeTorn } from './disk.ts';
import { normalServers } from './normalServers.ts';

/** How long servers may take to become a group with status normal, in milliseconds. */
const startTimeout = 120_000;
/** How long a running server may take to report its status, in milliseconds. */
const statusTimeout = 500;
/** The exit code of a server that must not run again because its disk lost data. */
const unrecoverableExitCode = 2;

/** The program of each server, by its number. */
type ServerProgramOf = (node: number) => NodeProgram;

interface ServerState {
  readonly process: NodeProcess;
  readonly directory: string;
  /** Until this time, in milliseconds, it may exit because its disk is full. */
  mayExitUntil: number;
  /** Whether it has exited for that reason and was not restarted yet. */
  hasExited: boolean;
  /** Whether its disk was corrupted, and it has not reported status normal since. It may have to stay down for good. */
  isCorrupt: boolean;
}

/** A server may still exit this many milliseconds after its disk has space again: a write may have failed before. */
const fullDiskGrace = 5000;

/** The servers of one cluster, as processes of this machine, each with a directory of its own. */
export class Servers implements NodeLifecycle, NodeFaults, DiskFaults {
  private readonly servers: readonly ServerState[];
  private readonly cluster: Cluster;
  private readonly failed: (failure: Error) => void;
  /** The servers that exited for good because corruption destroyed data that they had acknowledged. */
  readonly lost = new Set<number>();
  /** The number of bits flipped so far. */
  bitFlips = 0;
  private hasEnded = false;

  /**
   * `cluster`: the addresses on which the servers themselves listen. `failed` receives what ends the test, and `stderrLine` each
   * line of standard error.
   */
  constructor(
    cluster: Cluster,
    programOf: ServerProgramOf,
    failed: (failure: Error) => void,
    stderrLine: (name: string, line: string) => void,
  ) {
    this.cluster = cluster;
    this.failed = failed;
    this.servers = cluster.addresses.map((_, node) => {
      const name = nameOf(node);
      const program = programOf(node);
      const process = new NodeProcess(name, program, {
        message: () => {},
        stderrLine: (line) => stderrLine(name, line),
        failure: (failure, code) => this.exited(node, failure, code),
      });
      return { process, directory: program.data, mayExitUntil: 0, hasExited: false, isCorrupt: false };
    });
  }

  /** Starts all servers. Resolves when all report status normal. If that takes too long, `failed` is called. */
  async start(): Promise<void> {
    for (const { process } of this.servers) process.start();
    for (const begun = performance.now(); performance.now() - begun < startTimeout; ) {
      if (this.hasEnded) return;
      if (!(await normalServers(this.cluster, 1000)).includes(false)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [first] = this.servers;
    if (first !== undefined)
      this.failed(
        first.process.failure(`The servers did not become a group within ${startTimeout / 1000} seconds.`),
      );
  }

  async kill(node: number): Promise<void> {
    await this.at(node).process.kill();
  }

  async restart(node: number): Promise<void> {
    if (!this.lost.has(node)) this.at(node).process.start();
  }

  async pause(node: number): Promise<void> {
    this.at(node).process.signal('SIGSTOP');
  }

  async resume(node: number): Promise<void> {
    this.at(node).process.signal('SIGCONT');
  }

  async fill(node: number, at: number): Promise<void> {
    const server = this.at(node);
    if (server.process.pid === undefined) return;
    server.mayExitUntil = Infinity;
    await limitFileSize(server.process.pid, server.directory, at);
  }

  async free(node: number): Promise<void> {
    const server = this.at(node);
    server.mayExitUntil = performance.now() + fullDiskGrace;
    if (server.hasExited) this.startAgain(server);
    else if (server.process.pid !== undefined) await unlimitFileSize(server.process.pid);
  }

  async tornWrite(node: number, at: number): Promise<void> {
    await writeTorn(this.at(node).directory, at);
  }

  /** Skipped while another disk is not repaired yet: the other disks must hold the data that one disk loses. */
  async bitFlip(node: number, at: number): Promise<void> {
    const areNormal = await normalServers(this.cluster, statusTimeout);
    this.servers.forEach((server, number) => {
      if (areNormal[number] === true) server.isCorrupt = false;
    });
    if (this.servers.some(({ isCorrupt }, number) => isCorrupt && number !== node)) return;
    this.at(node).isCorrupt = true;
    this.bitFlips += 1;
    await flipBit(this.at(node).directory, at);
  }

  async end(): Promise<void> {
    this.hasEnded = true;
    await Promise.all(this.servers.map(({ process }) => process.end()));
  }

  killNow(): void {
    for (const { process } of this.servers) process.signal('SIGKILL');
  }

  private exited(node: number, failure: Error, code: number | null): void {
    const server = this.at(node);
    const mayExit = code !== null && performance.now() <= server.mayExitUntil;
    if (!mayExit && server.isCorrupt && code === unrecoverableExitCode) this.lost.add(node);
    else if (!mayExit) this.failed(failure);
    else if (server.mayExitUntil === Infinity) server.hasExited = true;
    else this.startAgain(server);
  }

  private startAgain(server: ServerState): void {
    server.hasExited = false;
    server.process.start();
  }

  private at(node: number): ServerState {
    const server = this.servers[node];
    if (server === undefined)
      throw new RangeError(`There is no ${nameOf(node)} among ${this.servers.length} servers.`);
    return server;
  }
}
