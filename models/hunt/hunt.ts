import fc from 'fast-check';
import { Tally } from '../checking/coverage/tally.ts';
import type { Violation } from '../checking/properties.ts';
import { type Phase, runCommands, runRecords, type SystemUnderTest } from '../runs/runCommands.ts';
import type { EventRecord } from '../world/event.ts';
import type { Setup } from '../world/world.ts';
import { DrawnDimensions } from './drawnDimensions.ts';
import { DrawShares } from './draws.ts';
import { type DrawnSchedule, ScheduleArbitrary, type Scope, withProperty } from './schedules.ts';
import { shorten } from './shorten.ts';

/** The totals of a hunt for one setup. */
export interface SetupTotals {
  schedules: number;
  events: number;
  readonly reached: Tally;
}

/** A violation that a hunt found, shrunk if the hunt shrinks. */
export interface Failure {
  readonly setup: Setup;
  readonly faultProfile: string;
  readonly records: readonly EventRecord[];
  readonly violation: Violation;
  readonly phase: Phase;
  /** The number of events before shrinking. */
  readonly originalLength: number;
}

/** The options of a hunt. */
interface HuntOptions {
  readonly shrinks?: boolean;
  readonly onShrinking?: () => void;
}

/** Thrown for a schedule that broke a property, and did not when it ran again. */
export class UnrepeatableFailure extends Error {
  override readonly name = 'UnrepeatableFailure';

  constructor() {
    super('A schedule that failed no longer does: the implementation, or its service, is not deterministic.');
  }
}

/**
 * A hunt for violations: fast-check draws schedules in batches, each from a seed of its own. The same seed
 * gives the same schedules in the same order.
 */
export class Hunt {
  /** By setup of the scope, in its order, whatever else of the configuration is drawn. */
  readonly tried: readonly { readonly setup: Setup; readonly tried: SetupTotals }[];
  /** How often each dimension of the configuration was drawn, and mattered. */
  readonly drawn = new DrawnDimensions();
  private readonly system: SystemUnderTest;
  private readonly scope: Scope;
  private readonly seed: number;
  private readonly shares: DrawShares;
  private readonly shrinks: boolean;
  /** The system as runs that shrink see it. */
  private readonly shrinking: SystemUnderTest;
  private batches = 0;

  /** Without `shrinks`, a failure keeps all its events, which saves time. `onShrinking` is called before each run that shrinks. */
  constructor(
    system: SystemUnderTest,
    scope: Scope,
    seed: number,
    { shrinks = true, onShrinking }: HuntOptions = {},
  ) {
    this.shrinks = shrinks;
    this.system = system;
    this.shrinking = onShrinking === undefined ? system : { ...system, onRun: onShrinking };
    this.scope = scope;
    this.seed = seed;
    this.shares = new DrawShares(scope);
    this.tried = [...new Set(scope.setups)].map((setup) => ({
      setup,
      tried: { schedules: 0, events: 0, reached: new Tally() },
    }));
  }

  /** Runs this many more schedules. Returns the first violation among them, if there is one. */
  batch(schedules: number): Failure | undefined {
    const arbitrary = new ScheduleArbitrary(this.shrinking, this.scope, this.shares.sampler());
    const seed = batchSeed(this.seed, this.batches++);
    let first: DrawnSchedule | undefined;
    const property = fc.property(arbitrary, (schedule) => {
      const found = this.run(schedule, first === undefined);
      if (found) first ??= schedule;
      return !found;
    });
    const { counterexample } = fc.check(property, { seed, numRuns: schedules, endOnFailure: !this.shrinks });
    const shrunk = counterexample?.[0];
    return first === undefined || shrunk === undefined ? undefined : this.failureOf(first, shrunk);
  }

  /** The number of schedules so far, and of events in them. */
  get totals(): { readonly schedules: number; readonly events: number } {
    const sum = (count: (tried: SetupTotals) => number) =>
      this.tried.reduce((total, { tried }) => total + count(tried), 0);
    return { schedules: sum(({ schedules }) => schedules), events: sum(({ events }) => events) };
  }

  /** Whether the schedule breaks a property. Runs that shrinking repeats are not counted. */
  private run(schedule: DrawnSchedule, counted: boolean): boolean {
    const { setup, draw, commands } = schedule;
    const entry = this.tried.find((candidate) => candidate.setup === draw?.combination.setup)?.tried;
    if (!counted || entry === undefined || draw === undefined)
      return runCommands(this.system, setup, commands, {}).violation !== undefined;
    const tally = new Tally();
    const { events, violation } = runCommands(this.system, setup, commands, { tally });
    entry.reached.add(tally);
    entry.schedules++;
    entry.events += events;
    this.drawn.note(setup, tally);
    this.shares.reward(draw, tally, events);
    if (violation === undefined)
      this.shares.beginnings.note(tally, draw.beginning?.records.length ?? 0, (until) => {
        const { records } = runCommands(this.system, setup, commands, { record: true, settle: false });
        return { combination: draw.combination, setup, records: records.slice(0, until) };
      });
    return violation !== undefined;
  }

  /**
   * The failure in fewer steps, if a search of a few seconds finds such a trace. It may break another
   * property: one that notices the same fault earlier gives a shorter trace.
   */
  shortened(failure: Failure): Failure {
    const trace = shorten(this.shrinking, failure, failure.phase, this.scope, this.seed);
    const again = { substitute: 'oldest', settle: failure.phase === 'settling' } as const;
    const { violation } = runRecords(this.system, trace.setup, trace.records, again);
    return { ...failure, ...trace, violation: violation ?? fails() };
  }

  private failureOf(first: DrawnSchedule, shrunk: DrawnSchedule): Failure {
    const original = runCommands(this.system, first.setup, first.commands, { record: true });
    const system = withProperty(this.system, original.violation?.property ?? fails());
    const { records, violation } = runCommands(system, shrunk.setup, shrunk.commands, { record: true });
    const { phase } = original;
    const { length } = original.records;
    const faultProfile = first.faultProfile ?? '';
    return {
      setup: shrunk.setup,
      faultProfile,
      records,
      violation: violation ?? fails(),
      phase,
      originalLength: length,
    };
  }
}

function fails(): never {
  throw new UnrepeatableFailure();
}

/** The seed of a batch. It depends on the hunt's seed and the batch's number alone. */
function batchSeed(seed: number, batch: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(batch + 1, 0xc2b2ae35)) | 0;
}
