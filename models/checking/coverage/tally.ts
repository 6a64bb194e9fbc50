import type { Chronicle } from '../ghostState.ts';
import type { World } from '../../world/world.ts';
import { situations } from './index.ts';
import type { Moment } from './mark.ts';

/** Counts how often each situation was reached. */
export class Tally {
  /** How often each situation was reached, in the order in which they are listed. */
  readonly counts: number[] = situations.map(() => 0);

  /** Takes in the event that led from one world to the next; `chronicle` is that before it. */
  note(before: World, after: World, chronicle: Chronicle): void {
    const { last } = after;
    if (last === undefined) return;
    const old = last.replica === undefined ? undefined : before.machines[last.replica];
    const now = last.replica === undefined ? undefined : after.machines[last.replica];
    const moment: Moment = { before, after, chronicle, event: last.event, old, now, outputs: last.outputs };
    for (let index = 0; index < situations.length; index++) {
      if (situations[index]?.reached(moment) === true) this.counts[index] = (this.counts[index] ?? 0) + 1;
    }
  }

  /** How often the situation was reached; 0 for a name that is not one. */
  count(name: string): number {
    return this.counts[situations.findIndex((situation) => situation.name === name)] ?? 0;
  }

  /** Adds what another tally counted. */
  add(other: { readonly counts: readonly number[] }): void {
    other.counts.forEach((count, index) => {
      this.counts[index] = (this.counts[index] ?? 0) + count;
    });
  }
}
