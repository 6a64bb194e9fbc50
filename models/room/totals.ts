import { grouped } from '../../impl/terminal/columns.ts';
import type { Count } from './effects.ts';
import type { FaultKind } from './faults.ts';
import type { RoomReport } from './runRoom.ts';

/** What several runs came to. */
export class Totals {
  runs = 0;
  private elapsed = 0;
  private longest = 0;
  private readonly struck = new Map<FaultKind, Count>();

  add({ elapsed, longestReturn, struck }: RoomReport): void {
    this.runs++;
    this.elapsed += elapsed;
    this.longest = Math.max(this.longest, longestReturn);
    for (const [kind, count] of struck) {
      const before = this.struck.get(kind) ?? { struck: 0, mattered: 0 };
      this.struck.set(kind, {
        struck: before.struck + count.struck,
        mattered: before.mattered + count.mattered,
      });
    }
  }

  /** Virtual hours so far. */
  get hours(): number {
    return this.elapsed / 3_600_000;
  }

  /** `used`: seconds of processor time. */
  lines(used: number): readonly string[] {
    const struck = [...this.struck]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([kind, count]) => `${kind} ${grouped(count.struck)} (${grouped(count.mattered)})`)
      .join(', ');
    return [
      `${grouped(this.runs)} runs, ${this.hours.toFixed(2)} virtual hours, ${(this.elapsed / 1000 / used).toFixed(0)} times the processor time.`,
      `Once all was well, every client was answered within ${this.longest.toFixed(0)} ticks.`,
      `Strikes, and those that mattered: ${struck === '' ? 'none' : struck}.`,
    ];
  }
}
