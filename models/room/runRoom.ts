import type { HistoryEvent } from '../histories/events/event.ts';
import { Chance } from '../processes/chance.ts';
import { ClientProgram, mostOverdue, SharedHistory } from './clientProgram.ts';
import { type Count, Effects, effectOf, sightOf } from './effects.ts';
import { type FaultKind, faultKinds, heal, type Room } from './faults.ts';
import {
  absences,
  attemptViolations,
  boundViolations,
  historyViolations,
  logViolations,
  type RoomProperty,
  type RoomViolation,
  returnsLaterBy,
  roomProperties,
  unsaid,
} from './judge.ts';
import { Machine } from './machine.ts';
import { RoomNetwork } from './network.ts';
import { type RoomPlan, type Round, returnTicks, type Strike, sizes } from './plan.ts';
import { ReplicaMachine } from './replicaMachine.ts';
import { realShell, type Shell } from './shell.ts';
import { RoomTime } from './time.ts';

/** How a plan is run. */
export interface RoomOptions {
  /** By default the shell as it is. */
  readonly shell?: Shell;
  /** Called with each fact that is noted, and with its time in milliseconds. */
  readonly onNote?: (line: string, now: number) => void;
  /** The run ends as soon as this holds. */
  readonly isInterrupted?: () => boolean;
}

/** What came of it. */
export interface RoomReport {
  /** Of the first round that broke a property: the run ends with it. */
  readonly violations: readonly RoomViolation[];
  /** A hash of all events. */
  readonly digest: string;
  readonly events: number;
  /** Virtual milliseconds. */
  readonly elapsed: number;
  /** The rounds that were completed. */
  readonly rounds: number;
  /** How often each kind of fault struck and mattered. */
  readonly struck: ReadonlyMap<FaultKind, Count>;
  /** The longest time from the end of all faults until every client was answered, in ticks. */
  readonly longestReturn: number;
  /** How requests ended. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly history: readonly HistoryEvent[];
}

/** Milliseconds in which what a replica has begun is durable. */
const durableWithin = 500;
/** Ticks after which a client that is not answered, or a replica that is away, is waited for no more. */
const limitTicks = 1_200;

/** Runs servers and clients in a simulated room, and judges what they did. The same plan yields the same report. */
export async function runRoom(plan: RoomPlan, options: RoomOptions = {}): Promise<RoomReport> {
  const rejections: string[] = [];
  const onRejection = (reason: unknown): void => {
    rejections.push(`A promise was rejected, and not handled: ${String(reason)}`);
  };
  process.on('unhandledRejection', onRejection);
  try {
    const run = new RoomRun(plan, options, rejections);
    await run.complete();
    return run.report();
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

class RoomRun {
  private readonly network: RoomNetwork;
  private readonly replicas: readonly ReplicaMachine[];
  private readonly programs: ClientProgram[] = [];
  private readonly plan: RoomPlan;
  private readonly chance: Chance;
  private readonly isInterrupted: () => boolean;
  private readonly rejections: readonly string[];
  private readonly time = new RoomTime();
  private readonly history = new SharedHistory();
  private readonly effects: Effects;
  private readonly violations: RoomViolation[] = [];
  private readonly startProgram: (machine: Machine) => ClientProgram;
  /** What ends the strikes that last. */
  private readonly ends = new Set<() => void>();
  private round = 0;
  private longestReturn = 0;

  constructor(plan: RoomPlan, options: RoomOptions, rejections: readonly string[]) {
    const { seed, replicas, clients, parts, pause, slowestSync, isNarrow } = plan;
    const { shell = realShell, onNote, isInterrupted = () => false } = options;
    const { time } = this;
    const effects = new Effects(plan.tick);
    this.effects = effects;
    this.plan = plan;
    this.rejections = rejections;
    this.isInterrupted = isInterrupted;
    time.onNote = (line) => {
      effects.note(time.now, line);
      onNote?.(line, time.now);
    };
    this.chance = new Chance(seed, 'room');
    this.network = new RoomNetwork(time, new Chance(seed, 'network'), plan.isRegular);
    const addresses = Array.from({ length: replicas }, (_, number) => ({ host: `r${number}`, port: 1 }));
    const { connectionLimits, keyChars } = sizes[isNarrow ? 'narrow' : 'usual'];
    const cluster = shell.clusterOf(addresses, { tick: plan.tick, connectionLimits });
    const environment = { shell, network: this.network, cluster, parts, pause, slowestSync, keyChars };
    this.replicas = addresses.map(
      ({ host }, number) => new ReplicaMachine(number, this.machine(host), environment),
    );
    this.startProgram = (where) => new ClientProgram(where, environment, this.history);
    for (let number = 0; number < clients; number++)
      this.programs.push(this.startProgram(this.machine(`c${number}`)));
  }

  /** Rounds of faults, and of rest in which every client must be served. */
  async complete(): Promise<void> {
    const { rounds, isFounded } = this.plan;
    if (isFounded) await this.rest(0, false);
    for (const round of rounds) {
      if (this.isOver) break;
      await this.pass(round);
      heal(this.roomFor(this.chance));
      await this.rest(round.rest, true);
      this.round++;
    }
    if (!this.isInterrupted()) await this.readAll();
    this.violate('linearizable', historyViolations(this.history.events));
    this.judgeErrors();
  }

  report(): RoomReport {
    const { time, history, violations, round, longestReturn } = this;
    const order = Object.keys(roomProperties);
    return {
      violations: violations.toSorted(
        (one, other) => order.indexOf(one.property) - order.indexOf(other.property),
      ),
      digest: time.digest,
      events: time.events,
      elapsed: time.now,
      rounds: round,
      struck: this.effects.result,
      longestReturn,
      outcomes: history.counts,
      history: history.events,
    };
  }

  private get isOver(): boolean {
    return this.violations.length > 0 || this.isInterrupted();
  }

  /** Lets faults strike. Each ends by itself, at the latest with its round. */
  private async pass({ storm, strikes }: Round): Promise<void> {
    const { network, replicas, plan } = this;
    const lines = this.linesSince([]);
    const attempts = this.attemptsSince(new Map());
    const strange = network.callsOfStrangers;
    for (const strike of strikes)
      this.time.after(strike.at, () => {
        if (strike.at < storm) this.strike(strike);
      });
    await this.until(this.time.now + storm);
    for (const end of this.ends) end();
    const told = strikes.length + network.callsOfStrangers - strange;
    const tried = this.attemptsSince(attempts);
    this.violate(
      'bounded',
      [
        ...logViolations(this.linesSince(lines), storm, told),
        ...attemptViolations(tried, replicas.length, storm / plan.tick, strikes.length),
      ].map(this.dated),
    );
  }

  private strike({ kind, seed, lasts }: Strike): void {
    const { time, ends, effects } = this;
    const room = this.roomFor(new Chance(seed, kind));
    const before = sightOf(room);
    const over = faultKinds[kind](room);
    const effect = effectOf(before, sightOf(room));
    time.note(`fault ${kind}: ${effect.texts.join(', ') || 'nothing that can be seen'}`);
    const told = effects.strike(kind, effect);
    const end = (): void => {
      if (!ends.delete(end)) return;
      over();
      told(time.now);
    };
    ends.add(end);
    time.after(lasts, end);
  }

  /** The room as a fault sees it. */
  private roomFor(chance: Chance): Room {
    const { network, replicas, programs, round } = this;
    const replaceClient = (at: number): void => this.replaceClient(at, chance);
    return { network, replicas, programs, round, chance, replaceClient };
  }

  private replaceClient(at: number, chance: Chance): void {
    const program = this.programs[at];
    if (program === undefined) return;
    program.stop();
    if (chance.below(2) === 0) program.machine.kill();
    else {
      program.machine.powerOff();
      this.network.forgetAt(program.machine.name);
    }
    this.programs[at] = this.startProgram(program.machine);
  }

  /** All is well. Every client must be answered within the stated time, once the group is founded. */
  private async rest(longer: number, mustReturn: boolean): Promise<void> {
    const { time } = this;
    const since = time.now;
    const lines = this.linesSince([]);
    const { tick, isNarrow } = this.plan;
    const later = returnsLaterBy(this.replicas, tick);
    await this.probe(mustReturn, returnTicks * tick + later);
    await this.until(Math.max(time.now, since + returnTicks * tick) + longer);
    const { network, replicas, programs } = this;
    const limit = since + later + limitTicks * tick;
    const isBack = (): boolean => absences(replicas).length === 0 || time.now > limit;
    await this.run(isBack);
    // They take part before that is durable, and before they know what they have missed.
    await this.until(time.now + durableWithin);
    const isIdle = (): boolean => !isNarrow || !replicas.some(({ isWriting }) => isWriting);
    await this.run(() => isBack() && (isIdle() || time.now > limit));
    if (this.isInterrupted()) return;
    this.violate(
      'bounded',
      [
        ...boundViolations({ network, replicas, programs }, time.now, tick),
        ...logViolations(this.linesSince(lines), time.now - since, 0),
      ].map(this.dated),
    );
    const outdated = replicas.filter(({ isOutdated }) => isOutdated);
    this.violate('copy-set-aside', absences(outdated).map(this.dated));
    if (mustReturn)
      this.violate(
        'all-take-part',
        absences(replicas.filter(({ isOutdated }) => !isOutdated)).map(this.dated),
      );
    this.violate('servers-well', unsaid(replicas).map(this.dated));
    for (const replica of replicas) replica.noteReturn();
    this.judgeErrors();
  }

  /** Waits until every client has been answered, or for long. */
  private async probe(mustReturn: boolean, within: number): Promise<void> {
    const { time } = this;
    const { tick } = this.plan;
    const since = time.now;
    const limit = within + limitTicks * tick;
    let waiting = this.programs.length;
    for (const program of this.programs) {
      const { name } = program.machine;
      const operation = { f: 'read', key: 'probe', argument: null } as const;
      void program.perform(this.history.newProcess(), operation, 2 * limit).then(() => {
        waiting--;
        const took = time.now - since;
        if (!mustReturn) return;
        this.longestReturn = Math.max(this.longestReturn, took / tick);
        if (took > within)
          this.violate('answered-in-time', [
            `${at(since)} all was well, and ${name} was answered ${took.toFixed(0)} ms later.`,
          ]);
      });
    }
    await this.run(() => waiting === 0 || time.now > since + limit);
    if (waiting > 0 && !this.isInterrupted())
      this.violate('answered', [`${at(since)} all was well, and ${waiting} clients were never answered.`]);
  }

  /** How many lines each replica has logged since it had logged so many. */
  private linesSince(before: readonly number[]): readonly number[] {
    return this.replicas.map(({ lines }, number) => lines - (before[number] ?? 0));
  }

  /** How often each machine has tried to connect since it had tried so often. */
  private attemptsSince(before: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const names = [...this.replicas, ...this.programs].map(({ machine }) => machine.name);
    return new Map(names.map((name) => [name, this.network.attemptsOf(name) - (before.get(name) ?? 0)]));
  }

  private readonly dated = (text: string): string => `${at(this.time.now)} ${text}`;

  private violate(property: RoomProperty, texts: readonly string[]): void {
    for (const text of texts) this.violations.push({ property, text });
  }

  private judgeErrors(): void {
    if (this.violations.length > 0) return;
    this.violate('promises-handled', this.rejections);
    this.violate('requests-end-well', this.history.wrong);
    for (const { machine, overdue } of this.programs)
      if (overdue > mostOverdue)
        this.violate('requests-end-well', [
          `${at(this.time.now)} ${machine.name} waits for a request that should have ended ${overdue.toFixed(0)} ms before.`,
        ]);
    this.violate(
      'servers-well',
      this.replicas.flatMap(({ wrong }) => wrong),
    );
  }

  private until(end: number): Promise<void> {
    const { time } = this;
    let isOver = false;
    time.after(end - time.now, () => {
      isOver = true;
    });
    return this.run(() => isOver);
  }

  private run(isOver: () => boolean): Promise<void> {
    return this.time.run(() => isOver() || this.isInterrupted());
  }

  private machine(name: string): Machine {
    const made = new Machine(name, this.time, this.plan.seed);
    this.network.add(made);
    return made;
  }

  /** A client that comes at the end reads all keys: nothing that was acknowledged may be missing. */
  private async readAll(): Promise<void> {
    const { history, programs } = this;
    for (const program of programs) program.stop();
    const keys = new Set(history.events.map(({ value }) => (Array.isArray(value) ? String(value[0]) : '')));
    const reader = this.startProgram(this.machine('reader'));
    reader.stop();
    let waiting = keys.size;
    for (const key of keys) {
      const operation = { f: 'read', key, argument: null } as const;
      void reader.perform(history.newProcess(), operation, limitTicks * this.plan.tick).then(() => waiting--);
    }
    await this.run(() => waiting === 0);
  }
}

function at(time: number): string {
  return `At ${(time / 1000).toFixed(3)} s`;
}
