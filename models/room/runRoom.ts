import type { HistoryEvent } from '../histories/events/event.ts';
import { Chance } from '../processes/chance.ts';
import { ClientProgram, SharedHistory } from './clientProgram.ts';
import { type FaultKind, faultKinds, heal, type Room } from './faults.ts';
import { boundViolations, historyViolations } from './judge.ts';
import { Machine } from './machine.ts';
import { RoomNetwork } from './network.ts';
import { ReplicaMachine } from './replicaMachine.ts';
import { realShell, type Shell } from './shell.ts';
import { RoomTime } from './time.ts';

/** What is run. */
export interface RoomOptions {
  readonly seed: number;
  readonly replicas: number;
  readonly clients: number;
  /** Virtual milliseconds, at least: the last round is completed. */
  readonly duration: number;
  /** The kinds of faults that strike; none: a quiet run. */
  readonly faults: readonly FaultKind[];
  /** Virtual milliseconds for which faults strike at most before all is made well. */
  readonly storm?: number;
  /** Milliseconds between two requests of a part of a client, in the mean. */
  readonly pause?: number;
  /** By how many milliseconds a sync of a disk takes longer than one, at most; by default 3. */
  readonly slowestSync?: number;
  /** By default the shell as it is. */
  readonly shell?: Shell;
  readonly onNote?: (line: string) => void;
}

/** What came of it. */
export interface RoomReport {
  readonly violations: readonly string[];
  /** A hash of all events. */
  readonly digest: string;
  readonly events: number;
  /** Virtual milliseconds. */
  readonly elapsed: number;
  /** How often each kind of fault struck. */
  readonly struck: ReadonlyMap<FaultKind, number>;
  /** The longest time from the end of all faults until every client was answered, in milliseconds. */
  readonly longestReturn: number;
  /** How requests ended. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly history: readonly HistoryEvent[];
}

/** Milliseconds from the end of all faults within which every client must be answered. */
const returnWithin = 3_000;
/** Milliseconds after which a client that is not answered is waited for no more. */
const returnLimit = 60_000;

/** Runs servers and clients in a simulated room, and judges what they did. The same options yield the same report. */
export async function runRoom(options: RoomOptions): Promise<RoomReport> {
  const rejections: string[] = [];
  const onRejection = (reason: unknown): void => {
    rejections.push(`A promise was rejected, and not handled: ${String(reason)}`);
  };
  process.on('unhandledRejection', onRejection);
  try {
    const run = new RoomRun(options);
    await run.complete();
    return run.report(rejections);
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

class RoomRun implements Room {
  readonly network: RoomNetwork;
  readonly replicas: readonly ReplicaMachine[];
  readonly programs: ClientProgram[] = [];
  readonly chance: Chance;
  private readonly options: RoomOptions;
  private readonly time = new RoomTime();
  private readonly history = new SharedHistory();
  private readonly struck = new Map<FaultKind, number>();
  private readonly violations: string[] = [];
  private readonly startProgram: (machine: Machine) => ClientProgram;
  round = 0;
  private longestReturn = 0;
  /** Whether a client was never answered: the run ends then. */
  private isStuck = false;

  constructor(options: RoomOptions) {
    const { seed, replicas, clients, shell = realShell, pause = 500, slowestSync = 3, onNote } = options;
    const { time } = this;
    this.options = options;
    time.onNote = onNote && ((line) => onNote(`${time.now.toFixed(3)} ${line}`));
    this.chance = new Chance(seed, 'room');
    this.network = new RoomNetwork(time, new Chance(seed, 'network'));
    const machine = (name: string): Machine => {
      const made = new Machine(name, time, seed);
      this.network.add(made);
      return made;
    };
    const addresses = Array.from({ length: replicas }, (_, number) => ({ host: `r${number}`, port: 1 }));
    const environment = {
      shell,
      network: this.network,
      cluster: shell.clusterOf(addresses),
      pause,
      slowestSync,
    };
    this.replicas = addresses.map(
      ({ host }, number) => new ReplicaMachine(number, machine(host), environment),
    );
    this.startProgram = (where) => new ClientProgram(where, environment, this.history);
    for (let number = 0; number < clients; number++)
      this.programs.push(this.startProgram(machine(`c${number}`)));
  }

  replaceClient = (at: number): void => {
    const program = this.programs[at];
    if (program === undefined) return;
    program.stop();
    if (this.chance.below(2) === 0) program.machine.kill();
    else {
      program.machine.powerOff();
      this.network.forgetAt(program.machine.name);
    }
    this.programs[at] = this.startProgram(program.machine);
  };

  /** Rounds of faults, and of rest in which every client must be served. */
  async complete(): Promise<void> {
    const { duration, faults, storm = 60_000 } = this.options;
    await this.rest();
    while (this.time.now < duration && !this.isStuck) {
      await this.pass(faults, this.chance.fraction() ** 2 * storm);
      heal(this);
      await this.rest();
      this.round++;
    }
    if (!this.isStuck) await this.readAll();
  }

  report(rejections: readonly string[]): RoomReport {
    const { time, history, replicas } = this;
    const wrong = [...history.wrong, ...replicas.flatMap((replica) => replica.wrong)];
    return {
      violations: [...this.violations, ...rejections, ...wrong, ...historyViolations(history.events)],
      digest: time.digest,
      events: time.events,
      elapsed: time.now,
      struck: this.struck,
      longestReturn: this.longestReturn,
      outcomes: history.counts,
      history: history.events,
    };
  }

  /** Lets faults strike for this long. Each ends by itself, at the latest when all is made well. */
  private async pass(faults: readonly FaultKind[], duration: number): Promise<void> {
    const { time, chance } = this;
    const end = time.now + duration;
    const calm = 100 * 10 ** (chance.fraction() * 2);
    const strike = (): void => {
      const next = -Math.log(1 - chance.fraction()) * calm;
      if (time.now + next < end) time.after(next, strike);
      const kind = faults[chance.below(faults.length)];
      if (kind === undefined || time.now >= end) return;
      this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
      time.note(`fault ${kind}`);
      const over = faultKinds[kind](this);
      time.after(10 * 10 ** (chance.fraction() * 3.5), over);
    };
    time.after(0, strike);
    await this.until(end);
  }

  /** All is well. Every client must be answered within the stated time. */
  private async rest(): Promise<void> {
    const { time } = this;
    const since = time.now;
    const lines = this.replicas.map((replica) => replica.lines);
    let waiting = this.programs.length;
    for (const program of this.programs) {
      const { name } = program.machine;
      const operation = { f: 'read', key: 'probe', argument: null } as const;
      void program.perform(this.history.newProcess(), operation, 2 * returnLimit).then(() => {
        waiting--;
        const took = time.now - since;
        this.longestReturn = Math.max(this.longestReturn, took);
        if (since > 0 && took > returnWithin)
          this.violations.push(
            `${at(since)} all was well, and ${name} was answered ${took.toFixed(0)} ms later.`,
          );
      });
    }
    await time.run(() => waiting === 0 || time.now > since + returnLimit);
    this.isStuck = waiting > 0;
    if (waiting > 0)
      this.violations.push(`${at(since)} all was well, and ${waiting} clients were never answered.`);
    await this.until(Math.max(time.now, since + returnWithin) + this.chance.fraction() * 2_000);
    const logged = this.replicas.map((replica, number) => replica.lines - (lines[number] ?? 0));
    const problems = boundViolations(this, logged, { since, now: time.now });
    for (const problem of problems) this.violations.push(`${at(time.now)} ${problem}`);
    for (const { machine, isOutdated } of this.replicas)
      if (isOutdated)
        this.violations.push(
          `${at(time.now)} ${machine.name} goes on with an earlier copy of its directory.`,
        );
  }

  private until(end: number): Promise<void> {
    const { time } = this;
    let isOver = false;
    time.after(end - time.now, () => {
      isOver = true;
    });
    return time.run(() => isOver);
  }

  /** Reads all keys at the end: nothing that was acknowledged may be missing. */
  private async readAll(): Promise<void> {
    const { time, history } = this;
    for (const program of this.programs) program.stop();
    const keys = new Set(history.events.map(({ value }) => (Array.isArray(value) ? String(value[0]) : '')));
    const [program] = this.programs;
    if (program === undefined) return;
    let waiting = keys.size;
    for (const key of keys) {
      const operation = { f: 'read', key, argument: null } as const;
      void program.perform(history.newProcess(), operation, returnLimit).then(() => waiting--);
    }
    await time.run(() => waiting === 0);
  }
}

function at(time: number): string {
  return `At ${(time / 1000).toFixed(3)} s`;
}
