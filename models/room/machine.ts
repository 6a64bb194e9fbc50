import type { MachineClock } from '../../impl/node/platform/clock.ts';
import type { Random } from '../../impl/node/platform/random.ts';
import { Chance } from '../processes/chance.ts';
import type { RoomTime } from './time.ts';

/** The time of day at which a run begins, in milliseconds since 1970. */
const beginning = Date.UTC(2030, 0, 1);

/** A machine of the room: it has power or not, and runs at most one process, apart from mistakes. */
export class Machine {
  readonly name: string;
  readonly time: RoomTime;
  readonly chance: Chance;
  isOn = true;
  /** How often it has lost power. What it knew of its connections is lost with it. */
  boots = 0;
  process: RoomProcess | undefined;
  /** How many descriptors its process may have. */
  descriptors = Number.POSITIVE_INFINITY;
  /** By how many milliseconds its time of day is wrong. */
  clockError = 0;
  /** So many bytes of a connection are read at a time, and then none for so many milliseconds; undefined: all that are there. */
  reading: { readonly bytes: number; readonly pause: number } | undefined;
  /** The most bytes that ever waited at one end of a connection here. */
  mostWaiting = 0;
  private starts = 0;
  /** How fast its clocks run; what they showed when that changed last, and when that was. */
  private speed = 1;
  private shown = 0;
  private changed = 0;

  constructor(name: string, time: RoomTime, seed: number) {
    this.name = name;
    this.time = time;
    this.chance = new Chance(seed, name);
  }

  /** What its clocks show, in milliseconds since the beginning of the run. */
  get elapsed(): number {
    return this.shown + (this.time.now - this.changed) * this.speed;
  }

  /** Lets its clocks run at another speed; 1 is right. */
  runClocksAt(speed: number): void {
    this.shown = this.elapsed;
    this.changed = this.time.now;
    this.speed = speed;
  }

  /** How fast its clocks run; 1 is right. */
  get clockSpeed(): number {
    return this.speed;
  }

  /** When that has changed last. */
  get speedChanged(): number {
    return this.changed;
  }

  /** How many milliseconds pass while its clocks show so many. */
  duration(shown: number): number {
    return shown / this.speed;
  }

  /** Starts a process, in place of none. */
  start(): RoomProcess {
    this.isOn = true;
    this.process = this.another();
    return this.process;
  }

  /** Starts a process beside the one that runs. */
  another(): RoomProcess {
    const { chance } = this;
    return new RoomProcess(this, new Chance(chance.below(2 ** 31), `${this.name}/${this.starts++}`));
  }

  /** Ends its process between two events. Its operating system closes the connections. */
  kill(): void {
    const { process } = this;
    this.process = undefined;
    process?.end();
  }

  /** Takes its power away: the process ends, and no other machine is told. */
  powerOff(): void {
    this.isOn = false;
    this.boots++;
    const { process } = this;
    this.process = undefined;
    process?.vanish();
  }
}

/** A process, which runs until it is killed. While it is frozen, all that would reach it waits. */
export class RoomProcess {
  readonly machine: Machine;
  readonly clock: MachineClock;
  readonly random: Random;
  /** Timers that are set, and have not fired. */
  timers = 0;
  isAlive = true;
  private isFrozen = false;
  private frozenAt = 0;
  private stoodBefore = 0;
  private readonly born: number;
  private waitingTimers: (() => void)[] = [];
  private waitingInput: (() => void)[] = [];
  private readonly atEnd = new Set<() => void>();

  constructor(machine: Machine, chance: Chance) {
    const { time } = machine;
    this.machine = machine;
    this.born = machine.elapsed;
    this.clock = {
      now: () => machine.elapsed - this.born,
      time: () => Math.floor(beginning + machine.elapsed + machine.clockError),
      after: (delay, callBack) => this.after(delay, callBack),
      soon: (callBack) => time.after(0, () => this.input(callBack)),
    };
    this.random = {
      integer: (below) => chance.below(below),
      uuid: () => hexadecimal(chance, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      bytes: (count) => Buffer.from(hexadecimal(chance, count), 'hex'),
    };
  }

  /** Lets input reach the process: now, or once it is thawed; never, if it ends before. */
  input(call: () => void): void {
    if (!this.isAlive) return;
    if (this.isFrozen) this.waitingInput.push(call);
    else call();
  }

  /** Whether it stands still. */
  get isStill(): boolean {
    return this.isFrozen;
  }

  /** Milliseconds for which it has stood still. */
  get stood(): number {
    return this.stoodBefore + (this.isFrozen ? this.machine.time.now - this.frozenAt : 0);
  }

  /** Milliseconds of its clock in which it ran. */
  get ran(): number {
    return this.clock.now() - this.stood;
  }

  freeze(): void {
    if (this.isFrozen) return;
    this.isFrozen = true;
    this.frozenAt = this.machine.time.now;
  }

  /** Goes on, with the timers that are due first, as Node does. */
  thaw(): void {
    if (!this.isFrozen) return;
    this.stoodBefore = this.stood;
    this.isFrozen = false;
    const calls = [...this.waitingTimers, ...this.waitingInput];
    this.waitingTimers = [];
    this.waitingInput = [];
    for (const call of calls) this.machine.time.after(0, () => this.input(call));
  }

  /** Calls this when the process is killed, unless the function that it returns is called before. */
  whenKilled(call: () => void): () => void {
    this.atEnd.add(call);
    return () => this.atEnd.delete(call);
  }

  end(): void {
    this.isAlive = false;
    for (const call of this.atEnd) call();
    this.atEnd.clear();
  }

  vanish(): void {
    this.isAlive = false;
    this.atEnd.clear();
  }

  private after(delay: number, callBack: () => void): () => void {
    const wait = delay >= 1 ? Math.trunc(delay) : 1;
    let isOpen = true;
    let callOff = (): void => undefined;
    const close = (): void => {
      if (isOpen) this.timers--;
      isOpen = false;
      callOff();
    };
    const fire = (): void => {
      if (!isOpen || !this.isAlive) return;
      close();
      callBack();
    };
    this.timers++;
    if (wait === Number.POSITIVE_INFINITY) return close;
    callOff = this.machine.time.after(this.machine.duration(wait), () => {
      if (!this.isAlive) return;
      if (this.isFrozen) this.waitingTimers.push(fire);
      else fire();
    });
    return close;
  }
}

function hexadecimal(chance: Chance, bytes: number): string {
  return Array.from({ length: bytes }, () => chance.below(256).toString(16).padStart(2, '0')).join('');
}
