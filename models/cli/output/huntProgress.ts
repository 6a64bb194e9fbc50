import { grouped } from '../../../impl/terminal/columns.ts';
import { Progress } from '../../../impl/terminal/terminal.ts';
import { Hunt } from '../../hunt/hunt.ts';
import { type Ending, type HuntLimits, runHunt } from '../../hunt/runHunt.ts';
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
  /** A failure is shrunk and shortened. */
  readonly ending: Ending;
  /** How long it took until the first failure, or to the end. */
  readonly seconds: number;
  /** How long the failure took to shrink. */
  readonly shrinkingSeconds: number;
}

/** Runs a hunt with live progress and shortens the failure that it finds. `label` begins the progress line. */
export async function huntWithProgress(
  { system, scope, seed, limits }: HuntPlan,
  label: (seconds: number) => string,
  interrupted: () => boolean,
): Promise<WatchedHunt> {
  const start = performance.now();
  const secondsSince = (then: number): number => (performance.now() - then) / 1000;
  const progress = new Progress();
  let found: number | undefined;
  let tried = 0;
  const onShrinking = (): void => {
    found ??= performance.now();
    tried++;
    progress.show(() => `Found. Shrinking it, mostly for less than a minute: ${grouped(tried)} runs tried`);
  };
  const hunt = new Hunt(system, scope, seed, { onShrinking });
  const tell = (seconds: number) =>
    progress.show(() => {
      const { schedules, events } = hunt.totals;
      return `${label(seconds)}, ${grouped(schedules)} schedules, ${grouped(events)} events`;
    });
  const ending = await runHunt(hunt, limits, tell, interrupted);
  const end = found ?? performance.now();
  const shortened: Ending =
    ending.type === 'found' ? { type: 'found', failure: hunt.shortened(ending.failure) } : ending;
  progress.clear();
  return { hunt, ending: shortened, seconds: (end - start) / 1000, shrinkingSeconds: secondsSince(end) };
}

/** How a hunt went, in a sentence: what it ran until it found something or ended, and what shrinking made of it. */
export function outcomeText({ hunt, ending, seconds, shrinkingSeconds }: WatchedHunt): string {
  const { schedules, events } = hunt.totals;
  const tried = `${grouped(schedules)} ${schedules === 1 ? 'schedule' : 'schedules'} (${grouped(events)} events) and ${seconds.toFixed(1)} seconds`;
  if (ending.type !== 'found')
    return `No property was broken in ${tried}${ending.type === 'interrupted' ? ', then it was interrupted' : ''}.`;
  const { originalLength, records } = ending.failure;
  const shrunk = `Shrunk from ${originalLength} events to ${records.length} in ${shrinkingSeconds.toFixed(1)} seconds.`;
  return `Found after ${tried}. ${shrunk}`;
}
