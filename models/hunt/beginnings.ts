import type { Tally } from '../checking/coverage/tally.ts';
import type { FaultProfile } from '../runs/schedules/faultProfile.ts';
import type { EventRecord } from '../world/event.ts';
import type { Setup } from '../world/world.ts';
import type { DrawBelow } from './configurations.ts';
import { drawnBy } from './shares.ts';

/** A combination of a group and a fault profile. */
export interface Combination {
  readonly setup: Setup;
  readonly faultProfile: FaultProfile;
}

/** How a run began that reached a rare coverage mark. Other schedules begin like it, and go on in their own way. */
export interface Beginning {
  readonly combination: Combination;
  /** Its group, with the rest of its configuration. */
  readonly setup: Setup;
  readonly records: () => readonly EventRecord[];
}

/** One schedule of so many continues a beginning. */
const continued = 3;

/** A coverage mark is rare as long as fewer runs have reached it. */
const rarely = 50;

/** So many beginnings are kept for each coverage mark, the latest ones. */
const kept = 4;

/**
 * The beginnings that a hunt has found so far. What is rare is often only a step on the way to what is rarer still, so that hunts
 * take it again and again: the splitting of rare-event simulation.
 */
export class Beginnings {
  /** By coverage mark: how many runs have reached it. */
  private readonly runs: number[] = [];
  /** By coverage mark. */
  private readonly latest = new Map<number, Beginning[]>();

  /**
   * Notes the coverage marks that a run has reached. If one of them is rare, and was reached after the run's own beginning of
   * `begun` events, keeps the run up to there; `begin` gives so many of its events.
   */
  note({ counts, firsts }: Tally, begun: number, begin: (events: number) => Beginning): void {
    let rarest: number | undefined;
    for (const [mark, count] of counts.entries()) {
      if (count === 0) continue;
      const runs = (this.runs[mark] ?? 0) + 1;
      this.runs[mark] = runs;
      if (runs > rarely || (firsts[mark] ?? 0) <= begun) continue;
      if (rarest === undefined || runs < (this.runs[rarest] ?? 0)) rarest = mark;
    }
    if (rarest === undefined) return;
    const latest = this.latest.get(rarest) ?? [];
    this.latest.set(rarest, [...latest.slice(1 - kept), begin(firsts[rarest] ?? 0)]);
  }

  /** A function that draws one of the present beginnings, those of the rarest coverage marks most often, or none. */
  sampler(): (below: DrawBelow) => Beginning | undefined {
    const present = [...this.latest];
    const draw = drawnBy(present.map(([mark]) => 1 / (this.runs[mark] ?? 1)));
    return (below) => {
      if (present.length === 0 || below(continued) > 0) return undefined;
      const [, beginnings = []] = present[draw(below)] ?? [];
      return beginnings[below(Math.max(1, beginnings.length))];
    };
  }
}
