import fc, { type Random } from 'fast-check';
import { Tally } from '../checking/coverage/tally.ts';
import type { Violation } from '../checking/properties.ts';
import { type Phase, runCommands, runRecords, type SystemUnderTest } from '../runs/runCommands.ts';
import type { Schedule } from '../runs/schedules/schedule.ts';
import type { EventRecord } from '../world/event.ts';
import type { Setup } from '../world/world.ts';
import { type Combination, combinationsOf, judgedBy, ScheduleArbitrary, type Scope } from './schedules.ts';
import { Shares } from './shares.ts';
import { shorten } from './shorten.ts';

/** What was tried with one group size and storage mode. */
export interface SetupTotals {
  schedules: number;
  events: number;
  readonly reached: Tally;
}

/** A violation that was found, shrunk. */
export interface Failure {
  readonly setup: Setup;
  readonly faultProfile: string;
  readonly records: readonly EventRecord[];
  readonly violation: Violation;
  readonly phase: Phase;
  /** How many concrete events the schedule had before shrinking. */
  readonly originalLength: number;
}

/**
 * A hunt for violations: fast-check draws schedules in batches, each from a seed of its own, until a property breaks or
 * whoever runs the hunt has enough. The same seed gives the same schedules in the same order.
 */
export class Hunt {
  /** By setup, in the scope's order. */
  readonly tried: readonly { readonly setup: Setup; readonly tried: SetupTotals }[];
  private readonly system: SystemUnderTest;
  private readonly scope: Scope;
  private readonly seed: number;
  private readonly ways: readonly Combination[];
  private readonly shares: Shares;
  private readonly shrinks: boolean;
  private batches = 0;

  /** Unless it `shrinks`, what is found stays as long as it was: that takes no time. */
  constructor(system: SystemUnderTest, scope: Scope, seed: number, { shrinks = true } = {}) {
    this.shrinks = shrinks;
    this.system = system;
    this.scope = scope;
    this.seed = seed;
    this.ways = combinationsOf(scope);
    this.shares = new Shares(this.ways.length);
    this.tried = [...new Set(scope.setups)].map((setup) => ({
      setup,
      tried: { schedules: 0, events: 0, reached: new Tally() },
    }));
  }

  /** Runs `schedules` more. Yields the first violation among them, shrunk if this hunt shrinks. */
  batch(schedules: number): Failure | undefined {
    const wheel = this.shares.wheel();
    const draw = (random: Random) => this.ways[wheel(random)] ?? fails();
    const arbitrary = new ScheduleArbitrary(this.system, this.scope, draw);
    const seed = batchSeed(this.seed, this.batches++);
    let first: Schedule | undefined;
    const property = fc.property(arbitrary, (schedule) => {
      const found = this.run(schedule, first === undefined);
      if (found) first ??= schedule;
      return !found;
    });
    const { counterexample } = fc.check(property, { seed, numRuns: schedules, endOnFailure: !this.shrinks });
    const shrunk = counterexample?.[0];
    return first === undefined || shrunk === undefined ? undefined : this.describe(first, shrunk);
  }

  /** How many schedules have run, and events in them. */
  get totals(): { readonly schedules: number; readonly events: number } {
    const sum = (count: (tried: SetupTotals) => number) =>
      this.tried.reduce((total, { tried }) => total + count(tried), 0);
    return { schedules: sum(({ schedules }) => schedules), events: sum(({ events }) => events) };
  }

  /** Whether the schedule breaks a property. What shrinking runs again is not counted. */
  private run({ setup, faultProfile, commands }: Schedule, counted: boolean): boolean {
    const entry = this.tried.find((candidate) => candidate.setup === setup)?.tried;
    if (!counted || entry === undefined)
      return runCommands(this.system, setup, commands, {}).violation !== undefined;
    const tally = new Tally();
    const { events, violation } = runCommands(this.system, setup, commands, { tally });
    entry.reached.add(tally);
    entry.schedules++;
    entry.events += events;
    this.shares.pay(this.wayOf(setup, faultProfile), tally, events);
    return violation !== undefined;
  }

  /**
   * The find in fewer steps, if that can be: this takes a few seconds more. It may break another of the properties: one that
   * notices the same corruption earlier makes for a shorter trace.
   */
  shortened(failure: Failure): Failure {
    const trace = shorten(this.system, failure, failure.phase, this.scope.setups, this.seed);
    const again = { stand: 'oldest', settle: failure.phase === 'settling' } as const;
    const { violation } = runRecords(this.system, trace.setup, trace.records, again);
    return { ...failure, ...trace, violation: violation ?? fails() };
  }

  private wayOf(setup: Setup, faultProfile: string | undefined): number {
    return this.ways.findIndex((way) => way.setup === setup && way.faultProfile.name === faultProfile);
  }

  private describe(first: Schedule, shrunk: Schedule): Failure {
    const original = runCommands(this.system, first.setup, first.commands, { record: true });
    const system = judgedBy(this.system, original.violation?.property ?? fails());
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
  throw new Error('A schedule that failed no longer does: the implementation is not deterministic.');
}

/** A seed for each batch, so that batches differ and depend on nothing but the hunt's seed. */
function batchSeed(seed: number, batch: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(batch + 1, 0xc2b2ae35)) | 0;
}
