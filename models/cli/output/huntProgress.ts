import { setImmediate } from 'node:timers/promises';
import { grouped } from '../../../impl/terminal/columns.ts';
import { interruptible } from '../../../impl/terminal/interruptible.ts';
import { Progress } from '../../../impl/terminal/terminal.ts';
import { type Failure, Hunt } from '../../hunt/hunt.ts';
import { type Ending, type Hunting, type HuntLimits, runHunt } from '../../hunt/runHunt.ts';
import type { Scope } from '../../hunt/schedules.ts';
import type { SystemUnderTest } from '../../runs/runCommands.ts';

/** What is hunted, and how. */
interface HuntPlan {
  readonly system: SystemUnderTest;
  readonly scope: Scope;
  readonly seed: number;
  readonly limits: HuntLimits;
}

/** The end of a hunt that showed its progress. */
export interface WatchedHunt {
  readonly hunt: Hunt;
  /** A failure is shrunk and shortened, as far as that went. */
  readonly ending: Ending;
  /** Whether Ctrl-C ended the hunt, or the shrinking of its failure. */
  readonly isInterrupted: boolean;
  /** How long it took until the first failure, or to the end. */
  readonly seconds: number;
  /** How long the failure took to shrink. */
  readonly shrinkingSeconds: number;
}

/** Runs a hunt with live progress and shortens the failure that it finds, until Ctrl-C. `label` begins the progress line. */
export async function huntWithProgress(
  { system, scope, seed, limits }: HuntPlan,
  label: (seconds: number) => string,
  interrupted: () => boolean,
): Promise<WatchedHunt> {
  const start = performance.now();
  const secondsSince = (then: number): number => (performance.now() - then) / 1000;
  const progress = new Progress();
  let tried = 0;
  const onShrinking = (): void => {
    tried++;
    progress.show(() => `Found. Shrinking it, mostly for less than a minute: ${grouped(tried)} runs tried`);
  };
  const hunt = new Hunt(system, scope, seed, { shrinks: false, onShrinking });
  const tell = (seconds: number) =>
    progress.show(() => {
      const { schedules, events } = hunt.totals;
      return `${label(seconds)}, ${grouped(schedules)} schedules, ${grouped(events)} events`;
    });
  const ending = await runHunt(untilInterrupt(hunt), limits, tell, interrupted);
  const end = performance.now();
  // Ctrl-C during the last batch is noticed here.
  await setImmediate();
  const shortened: Ending =
    ending.type === 'found' && !interrupted()
      ? { type: 'found', failure: shortest(hunt, ending.failure) }
      : ending;
  progress.clear();
  return {
    hunt,
    ending: shortened,
    isInterrupted: interrupted(),
    seconds: (end - start) / 1000,
    shrinkingSeconds: secondsSince(end),
  };
}

/** The hunt with batches that Ctrl-C ends. The report may count the schedule that was under way in part. */
function untilInterrupt(hunt: Hunt): Hunting {
  return {
    get totals() {
      return hunt.totals;
    },
    batch(schedules) {
      let failure: Failure | undefined;
      interruptible(() => {
        failure = hunt.batch(schedules);
      });
      return failure;
    },
  };
}

/** The failure, shrunk and shortened until Ctrl-C. */
function shortest(hunt: Hunt, failure: Failure): Failure {
  let best = failure;
  interruptible(() => {
    best = hunt.shrunk(best);
    best = hunt.shortened(best);
  });
  return best;
}

/** How a hunt went, in a sentence: what it ran until it found something or ended, and what shrinking made of it. */
export function outcomeText(watched: WatchedHunt): string {
  const { hunt, ending, seconds } = watched;
  const { schedules, events } = hunt.totals;
  const tried = `${grouped(schedules)} ${schedules === 1 ? 'schedule' : 'schedules'} (${grouped(events)} events) and ${seconds.toFixed(1)} seconds`;
  if (ending.type === 'found') return `Found after ${tried}. ${shrinkingText(ending.failure, watched)}`;
  return `No property was broken in ${tried}${ending.type === 'interrupted' ? ', then it was interrupted' : ''}.`;
}

function shrinkingText(
  { originalLength, records: { length }, violation }: Failure,
  { isInterrupted, shrinkingSeconds }: WatchedHunt,
): string {
  const shrunk = `hrunk from ${originalLength} events to ${length} in ${shrinkingSeconds.toFixed(1)} seconds`;
  if (!isInterrupted) return `S${shrunk}.`;
  const so = length < originalLength ? `s${shrunk}` : `not shrunk from its ${length} events`;
  return `${violation.property} is broken. Interrupted while its trace was shrunk: it is ${so}.`;
}
