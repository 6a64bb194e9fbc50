import { grouped } from '../../../impl/terminal/columns.ts';
import { Progress } from '../../../impl/terminal/terminal.ts';
import type { Hunt } from '../../hunt/hunt.ts';
import { type Ending, type HuntLimits, runHunt } from '../../hunt/runHunt.ts';

/** How a hunt ended that was watched. */
export interface WatchedHunt {
  /** What was found is shortened. */
  readonly ending: Ending;
  /** How long the hunt took. Shortening is not hunting, and is left out. */
  readonly seconds: number;
}

/** Lets a hunt run with live progress, and shortens the failure that it found. `headway` words the time that has passed. */
export async function huntWithProgress(
  hunt: Hunt,
  limits: HuntLimits,
  headway: (seconds: number) => string,
  interrupted: () => boolean,
): Promise<WatchedHunt> {
  const start = performance.now();
  const progress = new Progress();
  const tell = (seconds: number) =>
    progress.show(() => {
      const { schedules, events } = hunt.totals;
      return `${headway(seconds)}, ${grouped(schedules)} schedules, ${grouped(events)} events`;
    });
  const ending = await runHunt(hunt, limits, tell, interrupted);
  const seconds = (performance.now() - start) / 1000;
  if (ending.type === 'found')
    progress.show(() => 'Found. Looking for a shorter trace, for up to a quarter of a minute');
  const told: Ending =
    ending.type === 'found' ? { type: 'found', failure: hunt.shortened(ending.failure) } : ending;
  progress.clear();
  return { ending: told, seconds };
}
