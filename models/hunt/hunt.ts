import fc from 'fast-check';
import { Tally } from '../checking/coverage/tally.ts';
import { propertiesWhere, type Violation } from '../checking/properties.ts';
import { type Phase, runCommands, runRecords, type SystemUnderTest } from '../runs/runCommands.ts';
import type { EventRecord } from '../world/event.ts';
import type { Setup } from '../world/world.ts';
import { DrawnDimensions } from './drawnDimensions.ts';
import { DrawShares } from './draws.ts';
import { type DrawnSchedule, ScheduleArbitrary, type Scope, sizesOf, withProperty } from './schedules.ts';
import { shorten } from './shorten.ts';
import { type FailingTrace, shrinkTrace } from './shrink.ts';

const noProperties = propertiesWhere(() => false);

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
    const arbitrary = new ScheduleArbitrary(this.scope, this.shares.sampler());
    const seed = batchSeed(this.seed, this.batches++);
    const property = fc.property(arbitrary, (schedule) => !this.isBrokenBy(schedule));
    const { counterexample } = fc.check(property, { seed, numRuns: schedules, endOnFailure: true });
    if (counterexample === null) return undefined;
    const failure = this.failureOf(counterexample[0]);
    return this.shrinks ? this.shrunk(failure) : failure;
  }

  /** The number of schedules so far, and of events in them. */
  get totals(): { readonly schedules: number; readonly events: number } {
    const sum = (count: (tried: SetupTotals) => number) =>
      this.tried.reduce((total, { tried }) => total + count(tried), 0);
    return { schedules: sum(({ schedules }) => schedules), events: sum(({ events }) => events) };
  }

  /** Whether the schedule breaks a property. */
  private isBrokenBy({ setup, draw, commands }: DrawnSchedule): boolean {
    const tally = new Tally();
    const { events, violation } = runCommands(this.system, setup, commands, { tally });
    const entry = this.tried.find((candidate) => candidate.setup === draw.combination.setup)?.tried;
    if (entry === undefined) throw new Error('A schedule was drawn from outside the scope.');
    entry.reached.add(tally);
    entry.schedules++;
    entry.events += events;
    this.drawn.note(setup, tally);
    this.shares.reward(draw, tally, events);
    if (violation === undefined)
      this.shares.beginnings.note(tally, draw.beginning?.records().length ?? 0, (until) => {
        // Most beginnings are never drawn. Those that are drawn run once more, unjudged.
        const system = { ...this.system, properties: noProperties };
        const run = () => runCommands(system, setup, commands, { record: true, settle: false });
        let records: readonly EventRecord[] | undefined;
        return {
          combination: draw.combination,
          setup,
          records: () => (records ??= run().records.slice(0, until)),
        };
      });
    return violation !== undefined;
  }

  /** The failure with fewer of its events, in a smaller group of the scope if it fails there too. */
  shrunk(failure: Failure): Failure {
    const { violation, phase } = failure;
    const system = withProperty(this.shrinking, violation.property);
    return this.failingAgain(system, failure, shrinkTrace(system, failure, phase, sizesOf(this.scope)));
  }

  /**
   * The failure in fewer steps, if a search of a few seconds finds such a trace. It may break another
   * property: one that notices the same fault earlier gives a shorter trace.
   */
  shortened(failure: Failure): Failure {
    const trace = shorten(this.shrinking, failure, failure.phase, this.scope, this.seed);
    return this.failingAgain(this.system, failure, trace);
  }

  /** The failure with another trace that breaks a property of the system in the same phase. */
  private failingAgain(system: SystemUnderTest, failure: Failure, { setup, records }: FailingTrace): Failure {
    const again = { substitute: 'oldest', settle: failure.phase === 'settling' } as const;
    const { violation } = runRecords(system, setup, records, again);
    return { ...failure, setup, records, violation: violation ?? fails() };
  }

  private failureOf({ setup, faultProfile, commands }: DrawnSchedule): Failure {
    const { records, violation, phase } = runCommands(this.system, setup, commands, { record: true });
    return {
      setup,
      faultProfile,
      records,
      violation: violation ?? fails(),
      phase,
      originalLength: records.length,
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
