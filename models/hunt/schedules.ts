import fc, { type Random, Stream, Value } from 'fast-check';
import { propertiesWhere } from '../checking/properties.ts';
import { Pinned } from '../runs/run/pinned.ts';
import { runCommands, type SystemUnderTest } from '../runs/runCommands.ts';
import type { FaultProfile } from '../runs/schedules/faultProfile.ts';
import { commandsOf } from '../runs/schedules/generation.ts';
import type { Schedule } from '../runs/schedules/schedule.ts';
import type { Setup } from '../world/world.ts';
import { shrinkTrace } from './shrink.ts';

/** The space from which schedules are drawn. No list may be empty. */
export interface Scope {
  /** A setup that occurs twice is drawn twice as often. */
  readonly setups: readonly Setup[];
  readonly faultProfiles: readonly FaultProfile[];
  /** The most commands in a schedule. */
  readonly steps: number;
}

/**
 * Schedules, drawn through `fc.commands` and shrunk by their events. Commands choose by number, so leaving
 * one out would change the choices of all later ones. Shrinking therefore runs the schedule again, pins every
 * command to the event that it performed, and leaves out events. It keeps no state from the failing run, so
 * replaying fast-check's seed and path gives the same result.
 */
export class ScheduleArbitrary extends fc.Arbitrary<Schedule> {
  private readonly system: SystemUnderTest;
  private readonly scope: Scope;
  private readonly draw: (random: Random) => Combination;

  /** `draw` chooses the next combination; by default each is equally likely. */
  constructor(
    system: SystemUnderTest,
    scope: Scope,
    draw: (random: Random) => Combination = evenly(combinationsOf(scope)),
  ) {
    super();
    this.system = system;
    this.scope = scope;
    this.draw = draw;
  }

  override generate(random: Random): Value<Schedule> {
    const { setup, faultProfile } = this.draw(random);
    const salt = random.nextInt(0, 0xffff);
    // Unbiased: with fast-check's bias many runs would be short, and short runs reach few coverage marks.
    const commands = commandsOf(faultProfile, this.scope.steps, salt).generate(random, undefined).value;
    return new Value({ setup, faultProfile: faultProfile.name, commands }, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Schedule {
    return typeof value === 'object' && value !== null && 'commands' in value && 'setup' in value;
  }

  override shrink({ setup, faultProfile, commands }: Schedule): Stream<Value<Schedule>> {
    if (faultProfile === undefined) return Stream.nil();
    const { records, violation, phase } = runCommands(this.system, setup, commands, { record: true });
    if (violation === undefined) return Stream.nil();
    const trace = shrinkTrace(
      withProperty(this.system, violation.property),
      { setup, records },
      phase,
      sizesOf(this.scope),
    );
    const pinned = trace.records.map((record) => new Pinned(record, 'oldest'));
    return Stream.of(
      new Value<Schedule>({ setup: trace.setup, faultProfile: undefined, commands: pinned }, undefined),
    );
  }
}

/** A combination of a group and a fault profile. */
export interface Combination {
  readonly setup: Setup;
  readonly faultProfile: FaultProfile;
}

/** Every combination in this scope. */
export function combinationsOf({ setups, faultProfiles }: Scope): readonly Combination[] {
  return setups.flatMap((setup) => faultProfiles.map((faultProfile) => ({ setup, faultProfile })));
}

function evenly(combinations: readonly Combination[]): (random: Random) => Combination {
  return (random) => pick(random, combinations);
}

/** The group sizes in the scope. */
export function sizesOf({ setups }: Pick<Scope, 'setups'>): readonly number[] {
  return [...new Set(setups.map(({ replicas }) => replicas))];
}

/**
 * The same implementation, checked against one property alone, because a shorter trace may break others
 * first.
 */
export function withProperty({ implementation }: SystemUnderTest, property: string): SystemUnderTest {
  return { implementation, properties: propertiesWhere((name) => name === property) };
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.nextInt(0, items.length - 1)];
  if (item === undefined) throw new RangeError('There is nothing to choose from.');
  return item;
}
