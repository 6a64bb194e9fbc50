import type { Cluster } from '../../../impl/node/index.ts';
import type { Company } from '../environment.ts';
import { type DiskFaults, type NodeFaults, nameOf } from '../faults.ts';
import { NodeProcess, type Program } from '../process.ts';
import { fill, flip, free, tear } from './disk.ts';
import { normalOnes } from './normal.ts';

/** How long servers may take until they are a group, in milliseconds. */
const patience = 30_000;
/** How long they may take to say how they are. */
const shortPatience = 500;
/** What a server exits with that must not run again for what its disk has lost. */
const mustNotRun = 2;

/** What a server runs, for each. */
export type ProgramOf = (node: number) => Program;

interface Member {
  readonly process: NodeProcess;
  readonly directory: string;
  /** Until when it may end for want of room on its disk. */
  mayEndUntil: number;
  /** Whether it ended of that, and was not started again yet. */
  hasEnded: boolean;
  /** Whether its disk was harmed, and it was not seen to be of use since. It may never run again. */
  isHarmed: boolean;
}

/** A server that was given room again may already have failed to write, and end so many milliseconds later. */
const grace = 5000;

/** Servers of one cluster as processes of this machine, with directories of their own. */
export class Servers implements Company, NodeFaults, DiskFaults {
  private readonly members: readonly Member[];
  private readonly cluster: Cluster;
  private readonly failed: (failure: Error) => void;
  /** The servers that refused to run again, since their disks had lost what they had promised. */
  readonly lost = new Set<number>();
  /** How many bits were turned round. */
  flips = 0;
  private isOver = false;

  /** `cluster`: where the servers themselves listen. `complaint` gets each line of standard error. */
  constructor(
    cluster: Cluster,
    programOf: ProgramOf,
    failed: (failure: Error) => void,
    complaint: (name: string, line: string) => void,
  ) {
    this.cluster = cluster;
    this.failed = failed;
    this.members = cluster.addresses.map((_, node) => {
      const name = nameOf(node);
      const program = programOf(node);
      const process = new NodeProcess(name, program, {
        message: () => {},
        complaint: (line) => complaint(name, line),
        failure: (failure, code) => this.ended(node, failure, code),
      });
      return { process, directory: program.data, mayEndUntil: 0, hasEnded: false, isHarmed: false };
    });
  }

  /** Starts all of them, and waits until all are of use. That they do not become so is told as a failure. */
  async start(): Promise<void> {
    for (const { process } of this.members) process.start();
    for (const begun = performance.now(); performance.now() - begun < patience; ) {
      if (this.isOver) return;
      if (!(await normalOnes(this.cluster, 1000)).includes(false)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [first] = this.members;
    if (first !== undefined)
      this.failed(first.process.failure(`The servers were no group after ${patience / 1000} seconds.`));
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
    const member = this.at(node);
    if (member.process.pid === undefined) return;
    member.mayEndUntil = Infinity;
    await fill(member.process.pid, member.directory, at);
  }

  async free(node: number): Promise<void> {
    const member = this.at(node);
    member.mayEndUntil = performance.now() + grace;
    if (member.hasEnded) this.again(member);
    else if (member.process.pid !== undefined) await free(member.process.pid);
  }

  async tear(node: number, at: number): Promise<void> {
    await tear(this.at(node).directory, at);
  }

  /** Spares the disk while another is not repaired yet: what one has lost the others must have. */
  async flip(node: number, at: number): Promise<void> {
    const areNormal = await normalOnes(this.cluster, shortPatience);
    this.members.forEach((member, number) => {
      if (areNormal[number] === true) member.isHarmed = false;
    });
    if (this.members.some(({ isHarmed }, number) => isHarmed && number !== node)) return;
    this.at(node).isHarmed = true;
    this.flips += 1;
    await flip(this.at(node).directory, at);
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.members.map(({ process }) => process.end()));
  }

  abandon(): void {
    for (const { process } of this.members) process.signal('SIGKILL');
  }

  private ended(node: number, failure: Error, code: number | null): void {
    const member = this.at(node);
    const mayEnd = code !== null && performance.now() <= member.mayEndUntil;
    if (!mayEnd && member.isHarmed && code === mustNotRun) this.lost.add(node);
    else if (!mayEnd) this.failed(failure);
    else if (member.mayEndUntil === Infinity) member.hasEnded = true;
    else this.again(member);
  }

  private again(member: Member): void {
    member.hasEnded = false;
    member.process.start();
  }

  private at(node: number): Member {
    const member = this.members[node];
    if (member === undefined)
      throw new RangeError(`There is no ${nameOf(node)} among ${this.members.length} servers.`);
    return member;
  }
}
