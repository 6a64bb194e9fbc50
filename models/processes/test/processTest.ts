import type { Json } from '../../../impl/index.ts';
import { Chance } from '../chance.ts';
import { type Clock, sleep } from '../clock.ts';
import { Nemesis } from '../faults/nemesis.ts';
import type { WorkloadOperation } from '../workload/workload.ts';
import { Clients } from './clients.ts';
import type { Environment } from './environment.ts';
import { HistoryRecorder } from './historyRecorder.ts';
import type { TestSettings } from './settings.ts';

/** The phases of a test, in order. */
type TestPhase = 'faults' | 'recovery' | 'final' | 'over';

/** Operations behind schedule may catch up by at most this many milliseconds; the rest are dropped. */
const maxLateness = 100;
/** Milliseconds between two attempts at the same final operation. */
const retryInterval = 100;

/**
 * A test: clients and a nemesis act on an environment, of real processes or of simulated nodes. Afterwards `history` holds
 * what happened.
 */
export class ProcessTest {
  phase: TestPhase = 'faults';
  /** Whether any operation was answered ok after all faults had ended. */
  hasRecovered = false;
  /** The final operations that were never answered ok. */
  unanswered: readonly WorkloadOperation[] = [];
  readonly clients: Clients;
  readonly history: HistoryRecorder;
  readonly nemesis: Nemesis;
  private readonly operations: Iterator<WorkloadOperation>;
  private readonly pace: Chance;
  private readonly settings: TestSettings;
  private readonly clock: Clock;

  constructor(settings: TestSettings, clock: Clock, { faults, access }: Environment) {
    const { seed, workload } = settings;
    this.settings = settings;
    this.clock = clock;
    this.operations = workload.operations(new Chance(seed, 'operations'))[Symbol.iterator]();
    this.pace = new Chance(seed, 'pace');
    this.history = new HistoryRecorder(clock);
    this.nemesis = new Nemesis(settings.plan, faults, clock);
    this.clients = new Clients(settings.concurrency, access, this.history);
  }

  /** Runs all phases. Rejects with the signal's reason as soon as the signal aborts. */
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
    const record = (f: string, value: Json): void =>
      this.history.add({ process: 'nemesis', type: 'info', f, value });
    await Promise.all([this.nemesis.run(record, signal), this.load(() => clock.now() >= end, signal)]);
    this.phase = 'recovery';
    await this.recover(signal);
    this.phase = 'final';
    await this.finish(signal);
    await clients.idle();
    this.phase = 'over';
  }

  /** Begins each operation when it is due, or as soon as a client is free after that. */
  private async load(isOver: () => boolean, signal: AbortSignal): Promise<void> {
    const { clock, clients } = this;
    for (let due = clock.now(); ; ) {
      due = Math.max(due + this.gap(), clock.now() - maxLateness);
      if (due > clock.now()) await sleep(clock, due - clock.now(), signal);
      await clients.free();
      signal.throwIfAborted();
      if (isOver()) return;
      // Drawn only where it is performed: one dropped at the end of a phase would make the operations depend on time.
      const next = this.operations.next();
      if (next.done === true) return;
      void clients.perform(next.value);
    }
  }

  /** Draws the milliseconds from one operation to the next. */
  private gap(): number {
    return (2 * this.pace.fraction() * 1000) / this.settings.rate;
  }

  /** Performs operations until every client was answered ok, for at most `recovery`. */
  private async recover(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const { served } = clients;
    served.clear();
    const end = clock.now() + settings.recovery;
    await this.load(() => served.size === settings.concurrency || clock.now() >= end, signal);
    this.hasRecovered = served.size > 0;
  }

  /**
   * Repeats each final operation until some node answers it ok. Gives up when no operation was answered for `recovery`.
   */
  private async finish(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const unanswered: WorkloadOperation[] = [];
    let end = clock.now() + settings.recovery;
    for (const operation of settings.workload.final) {
      let isAnswered = false;
      while (!isAnswered && clock.now() < end) {
        const { type } = await clients.perform(operation);
        signal.throwIfAborted();
        isAnswered = type === 'ok';
        if (!isAnswered) await sleep(clock, retryInterval, signal);
      }
      if (isAnswered) end = clock.now() + settings.recovery;
      else unanswered.push(operation);
    }
    this.unanswered = unanswered;
  }
}
