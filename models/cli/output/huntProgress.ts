import { grouped } from '../../../impl/terminal/columns.ts';
import { Progress } from '../../../impl/terminal/terminal.ts';
import type { Hunt } from '../../hunt/hunt.ts';
import { type Ending, type HuntLimits, runHunt } from '../../hunt/runHunt.ts';

/** The end of a hunt that showed its progress. */
export interface WatchedHunt {
  /** A failure is shortened. */
  readonly ending: Ending;
  /** The duration of the hunt without the shortening. */
  readonly seconds: number;
}

/** Runs a hunt with live progress and shortens the failure that it finds. `label` begins the progress line. */
export async function huntWithProgress(
  hunt: Hunt,
  limits: HuntLimits,
  label: (seconds: number) => string,
  interrupted: () => boolean,
): Promise<WatchedHunt> {
  const start = performance.now();
  const progress = new Progress();
  const tell = (seconds: number) =>
    progress.show(() => {
      const { schedules, events } = hunt.totals;
      return `${label(seconds)}, ${grouped(schedules)} schedules, ${grouped(events)} events`;
    });
  const ending = await runHunt(hunt, limits, tell, interrupted);
  const seconds = (performance.now() - start) / 1000;
  if (ending.type === 'found')
    progress.show(() => 'Found. Shortening the trace, for up to a quarter of a minute');
  const shortened: Ending =
    ending.type === 'found' ? { type: 'found', failure: hunt.shortened(ending.failure) } : ending;
  progress.clear();
  return { ending: shortened, seconds };
}
