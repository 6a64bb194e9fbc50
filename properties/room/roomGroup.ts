import { pino } from 'pino';
import { logObserver } from '../../impl/cli/serverLog.ts';
import type { Cluster } from '../../impl/node/cluster/cluster.ts';
import type { Files } from '../../impl/node/platform/files.ts';
import type { Platform } from '../../impl/node/platform/platform.ts';
import type { ServedReplica } from '../../impl/node/serve.ts';
import type { Json } from '../../impl/tree/json.ts';
import { Chance } from '../../models/processes/chance.ts';
import { RoomDisk, whole } from '../../models/room/disk.ts';
import { Machine } from '../../models/room/machine.ts';
import { RoomNetwork } from '../../models/room/network.ts';
import { realShell, type Shell } from '../../models/room/shell.ts';
import { RoomTime } from '../../models/room/time.ts';

/** A line of a server's log. */
export interface LoggedLine {
  /** Virtual seconds since the beginning. */
  readonly at: number;
  readonly level: number;
  readonly msg: string;
  readonly from?: unknown;
  readonly reason?: string;
  readonly settings?: string;
  readonly outage?: string;
  readonly awaited?: readonly number[];
}

interface Member {
  readonly machine: Machine;
  disk: RoomDisk;
  readonly lines: LoggedLine[];
  /** Why its last start ended, or failed. */
  ended: string | undefined;
  served: ServedReplica | undefined;
}

/** Real servers in the machine room, in virtual time, each started by a test with the settings that it wants. */
export class RoomGroup {
  readonly cluster: Cluster;
  readonly network: RoomNetwork;
  private readonly time = new RoomTime();
  private readonly members: readonly Member[];
  private readonly desk: Platform;
  private readonly shell: Shell;

  constructor(size: number, given: Partial<Cluster> = {}, shell: Shell = realShell) {
    this.shell = shell;
    const { time } = this;
    this.network = new RoomNetwork(time, new Chance(1, 'network'));
    const addresses = Array.from({ length: size }, (_, number) => ({ host: `r${number}`, port: 1 }));
    this.cluster = shell.clusterOf(addresses, given);
    this.members = addresses.map(({ host }) => {
      const machine = new Machine(host, time, 1);
      this.network.add(machine);
      return {
        machine,
        disk: new RoomDisk(machine.chance, 3),
        lines: [],
        ended: undefined,
        served: undefined,
      };
    });
    const desk = new Machine('desk', time, 1);
    this.network.add(desk);
    this.desk = this.platformOf(desk);
  }

  /** Starts a server, or starts it again, with these settings in place of those of the group. */
  start(number: number, given: Partial<Cluster> = {}): void {
    this.member(number).machine.kill();
    this.serve(this.member(number), number, given);
  }

  /** Starts a process with a copy of the disk of a server, at an address of its own. Yields what tells why it ended, once it has. */
  twin(number: number): () => string | undefined {
    const { files } = this.member(number).disk;
    const machine = new Machine('twin', this.time, 1);
    this.network.add(machine);
    const disk = new RoomDisk(machine.chance, 3);
    disk.exchange(whole(files));
    const member: Member = { machine, disk, lines: [], ended: undefined, served: undefined };
    const addresses = this.cluster.addresses.with(number, { host: machine.name, port: 1 });
    this.serve(member, number, { addresses });
    return () => member.ended;
  }

  startAll(given: Partial<Cluster> = {}): void {
    for (const number of this.members.keys()) this.start(number, given);
  }

  /** Ends the process of a server. */
  kill(number: number): void {
    this.member(number).machine.kill();
  }

  /** Lets the process of a server stand still. Calling what it yields lets it go on. */
  freeze(number: number): () => void {
    const { process } = this.member(number).machine;
    process?.freeze();
    return () => process?.thaw();
  }

  /** Ends the process, and empties the disk. */
  wipe(number: number): void {
    this.kill(number);
    const member = this.member(number);
    member.disk = new RoomDisk(member.machine.chance, 3);
  }

  /** Ends the process, and puts an empty disk in the place of its own. Calling what it yields ends the process, and puts it back. */
  unmount(number: number): () => void {
    const member = this.member(number);
    const { disk } = member;
    this.wipe(number);
    return () => {
      this.kill(number);
      member.disk = disk;
    };
  }

  /** Ends the process, and changes its files. */
  async edit(number: number, work: (files: Files) => Promise<void>): Promise<void> {
    this.kill(number);
    await this.outcome(work(this.member(number).disk.files));
  }

  status(number: number) {
    return this.member(number).served?.status();
  }

  /** The bytes of a file of a server. */
  async fileSize(number: number, path: string): Promise<number | undefined> {
    return (await this.member(number).disk.files.read(path))?.length;
  }

  /** Why the last start of a server ended. */
  ended(number: number): string | undefined {
    return this.member(number).ended;
  }

  /** The lines that a server has logged, at the level info or above. */
  lines(number: number): readonly LoggedLine[] {
    return this.member(number).lines;
  }

  /** How the request of a new client ends: with its result, or with its error. */
  async request(operation: Json, deadline = 60_000): Promise<unknown> {
    const client = new this.shell.ClusterClient(this.cluster, { deadline }, this.desk);
    const answer = await this.outcome<unknown>(client.request(operation).catch((error: unknown) => error));
    void client.close();
    return answer;
  }

  /** What this yields, which is done at a desk of its own in the same network. */
  atDesk<Result>(work: (platform: Platform) => Promise<Result>): Promise<Result> {
    return this.outcome(work(this.desk));
  }

  /** Lets virtual seconds pass. */
  async pass(seconds: number): Promise<void> {
    const { time } = this;
    let isOver = false;
    time.after(1000 * seconds, () => {
      isOver = true;
    });
    await time.run(() => isOver);
  }

  private async outcome<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const watched = work.finally(() => {
      isOver = true;
    });
    await this.time.run(() => isOver);
    return watched;
  }

  private serve(member: Member, number: number, given: Partial<Cluster>): void {
    const { machine, disk } = member;
    const platform = { ...this.platformOf(machine), disk: disk.seenBy(machine.process ?? machine.start()) };
    const observer = logObserver(
      pino({ base: null, timestamp: false }, { write: (line) => this.log(member, line) }),
      () => this.time.now,
    );
    const options = {
      service: this.shell.keyValueService,
      config: { ...this.cluster, ...given },
      index: number,
    };
    member.ended = undefined;
    this.shell
      .serve({ ...options, data: '/data', observer }, platform)
      .then((served) => {
        member.served = served;
        return served.failure;
      })
      .catch((error: unknown) => {
        member.ended = error instanceof Error ? error.message : String(error);
      });
  }

  private log({ lines }: Member, text: string): void {
    const parsed: LoggedLine = JSON.parse(text);
    lines.push({ ...parsed, at: this.time.now / 1000 });
  }

  private platformOf(machine: Machine): Platform {
    const process = machine.process ?? machine.start();
    const { clock, random } = process;
    return { clock, random, network: this.network.seenBy(process) };
  }

  private member(number: number): Member {
    const member = this.members[number];
    if (member === undefined) throw new RangeError(`There is no server ${number}.`);
    return member;
  }
}
