import type { Properties } from '../../checking/properties.ts';
import { type Failure, Hunt } from '../../hunt/hunt.ts';
import { runHunt } from '../../hunt/runHunt.ts';
import { scopeOf } from '../../hunt/scope.ts';
import type { SystemUnderTest } from '../../runs/runCommands.ts';
import { secondsNow } from './clock.ts';

/** How one hunt is to be done. */
export interface TimedHuntOptions {
  readonly seed: number;
  /** How long it may hunt, by its clock. */
  readonly seconds: number;
  /** Whether to look for a shorter trace of what it finds, which takes some seconds more. */
  readonly shorten: boolean;
}

/** What came of one hunt. */
export interface TimedHunt {
  readonly schedules: number;
  readonly events: number;
  /** How long it hunted until a property broke. Shrinking comes after that, and is left out. */
  readonly seconds: number;
  readonly found: CaughtFailure | undefined;
}

/** What a hunt found. */
export interface CaughtFailure {
  /** The property that broke first. A shorter trace may break another one. */
  readonly property: string;
  readonly faultProfile: string;
  /** Undefined where a shortened trace was not asked for. */
  readonly failure: Failure | undefined;
}

/** Hunts with everything as usual: the hunt knows nothing of what was planted. */
export async function timedHunt(
  { implementation, properties }: SystemUnderTest,
  { seed, seconds, shorten }: TimedHuntOptions,
): Promise<TimedHunt> {
  const start = secondsNow();
  let caught: number | undefined;
  const noticing = withNotification(properties, () => {
    caught ??= secondsNow() - start;
  });
  const hunt = new Hunt({ implementation, properties: noticing }, scopeOf({}), seed, { shrinks: shorten });
  const timeIsUp = (): boolean => secondsNow() - start >= seconds;
  // By the time of day it may take as long as it will.
  const ending = await runHunt(hunt, { seconds: Infinity, runs: Infinity }, () => {}, timeIsUp);
  const { schedules, events } = hunt.totals;
  const hunted = { schedules, events, seconds: caught ?? secondsNow() - start };
  if (ending.type !== 'found') return { ...hunted, found: undefined };
  const { failure } = ending;
  return {
    ...hunted,
    found: {
      property: failure.violation.property,
      faultProfile: failure.faultProfile,
      failure: shorten ? hunt.shortened(failure) : undefined,
    },
  };
}

/** The same properties, and somebody who is told when one of them is broken. */
function withNotification({ guarantees, invariants, settled }: Properties, tell: () => void): Properties {
  const told = (seen: string | undefined): string | undefined => {
    if (seen !== undefined) tell();
    return seen;
  };
  return {
    guarantees: guarantees.map((property) => ({
      ...property,
      check: (state, observation) => told(property.check(state, observation)),
    })),
    invariants: invariants.map((property) => ({ ...property, check: (step) => told(property.check(step)) })),
    settled: settled.map((property) => ({ ...property, check: (world) => told(property.check(world)) })),
  };
}
