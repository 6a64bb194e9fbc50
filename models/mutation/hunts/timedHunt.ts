import type { Properties } from '../../checking/properties.ts';
import { type Failure, Hunt } from '../../hunt/hunt.ts';
import { runHunt } from '../../hunt/runHunt.ts';
import { scopeOf } from '../../hunt/scope.ts';
import type { SystemUnderTest } from '../../runs/runCommands.ts';
import { secondsNow } from './clock.ts';

/** The options of one hunt. */
interface TimedHuntOptions {
  readonly seed: number;
  /** The time limit, by `clock`. */
  readonly seconds: number;
  /** Whether to shorten the trace of a failure, which takes some seconds more. */
  readonly shorten: boolean;
}

/** The result of one hunt. */
interface TimedHunt {
  readonly schedules: number;
  readonly events: number;
  /** The time until a property broke, or until the hunt ended, by `clock`. Shrinking is not included. */
  readonly seconds: number;
  readonly found: CaughtFailure | undefined;
}

/** The failure that a hunt found. */
export interface CaughtFailure {
  /** The property that broke first. The shortened trace may break another one. */
  readonly property: string;
  readonly faultProfile: string;
  /** Shortened; undefined if the options did not ask for that. */
  readonly failure: Failure | undefined;
}

/** Hunts as `npm run hunt` does. The hunt is given nothing that depends on the mutant. */
export async function timedHunt(
  { implementation, properties }: SystemUnderTest,
  { seed, seconds, shorten }: TimedHuntOptions,
): Promise<TimedHunt> {
  const start = secondsNow();
  let caughtAfter: number | undefined;
  const timed = withNotification(properties, () => {
    caughtAfter ??= secondsNow() - start;
  });
  const hunt = new Hunt({ implementation, properties: timed }, scopeOf({}), seed, { shrinks: shorten });
  const timeIsUp = (): boolean => secondsNow() - start >= seconds;
  // The hunt's own limits are in wall-clock time, so they are off.
  const ending = await runHunt(hunt, { seconds: Infinity, runs: Infinity }, () => {}, timeIsUp);
  const { schedules, events } = hunt.totals;
  const hunted = { schedules, events, seconds: caughtAfter ?? secondsNow() - start };
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

/** The same properties, which call `notify` when one of them is broken. */
function withNotification({ guarantees, invariants, settled }: Properties, notify: () => void): Properties {
  const notified = (seen: string | undefined): string | undefined => {
    if (seen !== undefined) notify();
    return seen;
  };
  return {
    guarantees: guarantees.map((property) => ({
      ...property,
      check: (state, observation) => notified(property.check(state, observation)),
    })),
    invariants: invariants.map((property) => ({
      ...property,
      check: (step) => notified(property.check(step)),
      checkClient: (step) => notified(property.checkClient?.(step)),
    })),
    settled: settled.map((property) => ({
      ...property,
      check: (world, calm) => notified(property.check(world, calm)),
    })),
  };
}
