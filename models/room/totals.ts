import { grouped } from '../../impl/terminal/columns.ts';
import type { FaultKind } from './faults.ts';
import type { RoomReport } from './runRoom.ts';

/** What several runs came to. */
export class Totals {
  violations = 0;
  private elapsed = 0;
  private longest = 0;
  private readonly struck = new Map<FaultKind, number>();

  add({ violations, elapsed, longestReturn, struck }: RoomReport): void {
    this.violations += violations.length;
    this.elapsed += elapsed;
    this.longest = Math.max(this.longest, longestReturn);
    for (const [kind, count] of struck) this.struck.set(kind, (this.struck.get(kind) ?? 0) + count);
  }

  /** `used`: milliseconds of processor time. */
  lines(used: number): readonly string[] {
    const hours = (this.elapsed / 3_600_000).toFixed(2);
    const struck = [...this.struck].map(([kind, count]) => `${kind} ${grouped(count)}`).join(', ');
    return [
      `${hours} virtual hours, ${(this.elapsed / used).toFixed(0)} times the processor time.`,
      `Once all was well, every client was answered within ${this.longest.toFixed(0)} ms.`,
      `Faults: ${struck === '' ? 'none' : struck}.`,
    ];
  }
}
