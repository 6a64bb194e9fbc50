import fc, { type Arbitrary, type Random, Stream, Value } from 'fast-check';
import type { Json } from '../../impl/index.ts';
import { propertiesWhere } from '../checking/properties.ts';
import { Pinned } from '../runs/run/pinned.ts';
import type { SystemUnderTest } from '../runs/runCommands.ts';
import type { FaultProfile } from '../runs/schedules/faultProfile.ts';
import { commandsOf } from '../runs/schedules/generation.ts';
import type { Schedule } from '../runs/schedules/schedule.ts';
import type { Setup } from '../world/world.ts';
import { configured, type DrawBelow } from './configurations.ts';
import { type Draw, DrawShares } from './draws.ts';

/** The space from which schedules are drawn. No list may be empty. */
export interface Scope {
  /** A setup that occurs twice is drawn twice as often. */
  readonly setups: readonly Setup[];
  /** Whether each schedule draws the rest of its configuration too. By default the setups stand as they are. */
  readonly varied?: boolean;
  readonly faultProfiles: readonly FaultProfile[];
  /** The most commands in a schedule. */
  readonly steps: number;
  /** The user's service that the groups replicate. By default they replicate services of the models. */
  readonly service?: ServiceScope | undefined;
}

/** A user's service: the name of its file, and what draws operations that it accepts. */
export interface ServiceScope {
  readonly file: string;
  readonly operations: Arbitrary<Json>;
}

/** So few operations in a schedule that the same ones meet. */
const operationsInSchedule = 8;

/** Half of the schedules that continue another have at most so many commands of their own. */
const fewSteps = 24;

/** A schedule, and how it was drawn. */
export interface DrawnSchedule extends Schedule {
  readonly draw: Draw;
}

/** Schedules, drawn through `fc.commands`. */
export class ScheduleArbitrary extends fc.Arbitrary<DrawnSchedule> {
  private readonly scope: Scope;
  private readonly draw: (below: DrawBelow) => Draw;

  /** `draw` chooses the next combination and its configuration; by default by their weights. */
  constructor(scope: Scope, draw: (below: DrawBelow) => Draw = new DrawShares(scope).sampler()) {
    super();
    this.scope = scope;
    this.draw = draw;
  }

  override generate(random: Random): Value<DrawnSchedule> {
    const below: DrawBelow = (count) => random.nextInt(0, count - 1);
    const draw = this.draw(below);
    const { combination, beginning } = draw;
    const { setup: group, faultProfile } = combination;
    const setup = beginning?.setup ?? this.served(configured(group, draw.configuring, below), random);
    const salt = random.nextInt(0, 0xffff);
    const begun = beginning?.records().map((record) => new Pinned(record, 'oldest')) ?? [];
    // Unbiased: with fast-check's bias many runs would be short, and short runs reach few coverage marks.
    const most = beginning !== undefined && below(2) === 0 ? fewSteps : this.scope.steps;
    const commands = commandsOf(faultProfile, most, salt).generate(random, undefined).value;
    const value = {
      setup,
      faultProfile: faultProfile.name,
      draw,
      commands: begun.length === 0 ? commands : [...begun, ...commands],
    };
    return new Value(value, undefined);
  }

  /** The group with the user's service, if there is one, and without what only the models' own services do. */
  private served(setup: Setup, random: Random): Setup {
    const { service } = this.scope;
    if (service === undefined) return setup;
    const { impure, altered, frameBytes, ...rest } = setup;
    const length = operationsInSchedule;
    const drawn = fc.array(service.operations, { minLength: length, maxLength: length });
    // Biased: values that are small, or equal, matter more often.
    const operations = drawn.generate(random, 2).value;
    return { ...rest, service: { file: service.file, operations } };
  }

  override canShrinkWithoutContext(value: unknown): value is DrawnSchedule {
    return typeof value === 'object' && value !== null && 'commands' in value && 'setup' in value;
  }

  /** None: a hunt shrinks the events of the run. Commands choose by number, so leaving one out would change all later ones. */
  override shrink(): Stream<Value<DrawnSchedule>> {
    return Stream.nil();
  }
}

/** The group sizes in the scope. */
export function sizesOf({ setups }: Pick<Scope, 'setups'>): readonly number[] {
  return [...new Set(setups.map(({ replicas }) => replicas))];
}

/**
 * The same implementation, checked against one property alone, because a shorter trace may break others
 * first.
 */
export function withProperty(system: SystemUnderTest, property: string): SystemUnderTest {
  return { ...system, properties: propertiesWhere((name) => name === property) };
}
