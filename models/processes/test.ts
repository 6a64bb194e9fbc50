import type { Json } from '../../impl/index.ts';
import { Chance } from './chance.ts';
import { Clients } from './clients.ts';
import { type Clock, sleep } from './clock.ts';
import type { Environment } from './environment.ts';
import { Nemesis } from './faults.ts';
import { HistoryRecorder } from './history.ts';
import type { NetworkConditions } from './networkConditions.ts';
import type { Fault } from './plan.ts';
import type { Operation, Workload } from './workload.ts';

/** What is tried. Times are in milliseconds. */
export interface Settings {
  readonly seed: number;
  readonly nodes: number;
  /** How many clients there are. */
  readonly concurrency: number;
  /** How many operations begin in a second, on average. */
  readonly rate: number;
  /** How long there are operations and faults. */
  readonly duration: number;
  /** How long the service may take to answer again when all faults have ended. */
  readonly recovery: number;
  readonly networkConditions: NetworkConditions;
  readonly workload: Workload;
  readonly plan: readonly Fault[];
}

/** How far a test has come. */
export type Phase = 'faults' | 'recovery' | 'final' | 'over';

/** Operations that are late may catch up with so many milliseconds, and the rest is let go. */
const mostLate = 100;
/** Milliseconds between attempts at the same final operation. */
const breath = 100;

/** Clients and a nemesis at work on a stage, which may be real or not. */
export class ProcessTest {
  phase: Phase = 'faults';
  /** Whether any node answered ok after all faults had ended. */
  hasRecovered = false;
  /** The final operations that never were answered ok. */
  unanswered: readonly Operation[] = [];
  readonly clients: Clients;
  readonly history: HistoryRecorder;
  readonly nemesis: Nemesis;
  private readonly operations: Iterator<Operation>;
  private readonly pace: Chance;
  private readonly settings: Settings;
  private readonly clock: Clock;

  constructor(settings: Settings, clock: Clock, { faults, access }: Environment) {
    const { seed, workload } = settings;
    this.settings = settings;
    this.clock = clock;
    this.operations = workload.operations(new Chance(seed, 'operations'))[Symbol.iterator]();
    this.pace = new Chance(seed, 'pace');
    this.history = new HistoryRecorder(clock);
    this.nemesis = new Nemesis(settings.plan, faults, clock);
    this.clients = new Clients(settings.concurrency, access, this.history);
  }

  /** Runs from beginning to end. Rejects with the reason of the signal as soon as that is given. */
  async run(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    try {
      signal.throwIfAborted();
      await Promise.race([this.phases(signal), aborted]);
    } finally {
      this.clients.stop();
    }
  }

  private async phases(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const end = clock.now() + settings.duration;
    const tell = (f: string, value: Json): void =>
      this.history.add({ process: 'nemesis', type: 'info', f, value });
    await Promise.all([this.nemesis.run(tell, signal), this.load(() => clock.now() >= end, signal)]);
    this.phase = 'recovery';
    await this.recover(signal);
    this.phase = 'final';
    await this.finish(signal);
    await clients.idle();
    this.phase = 'over';
  }

  /** Begins operations at their times, or as soon after as a client is free. */
  private async load(isOver: () => boolean, signal: AbortSignal): Promise<void> {
    const { clock, clients } = this;
    for (let due = clock.now(); ; ) {
      due = Math.max(due + this.gap(), clock.now() - mostLate);
      if (due > clock.now()) await sleep(clock, due - clock.now(), signal);
      await clients.free();
      signal.throwIfAborted();
      const next = this.operations.next();
      if (isOver() || next.done === true) return;
      void clients.perform(next.value);
    }
  }

  /** Milliseconds from one operation to the next. */
  private gap(): number {
    return (2 * this.pace.fraction() * 1000) / this.settings.rate;
  }

  /** Waits until every client was answered ok, or as long as one may wait. */
  private async recover(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const { served } = clients;
    served.clear();
    const end = clock.now() + settings.recovery;
    await this.load(() => served.size === settings.concurrency || clock.now() >= end, signal);
    this.hasRecovered = served.size > 0;
  }

  /** Does each final operation until it is answered ok, by one node or another. Gives up when none is for too long. */
  private async finish(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const unanswered: Operation[] = [];
    let end = clock.now() + settings.recovery;
    for (const operation of settings.workload.final) {
      let isAnswered = false;
      while (!isAnswered && clock.now() < end) {
        const { type } = await clients.perform(operation);
        signal.throwIfAborted();
        isAnswered = type === 'ok';
        if (!isAnswered) await sleep(clock, breath, signal);
      }
      if (isAnswered) end = clock.now() + settings.recovery;
      else unanswered.push(operation);
    }
    this.unanswered = unanswered;
  }
}
