import { grouped } from '../../impl/terminal/columns.ts';
import type { Count } from './effects.ts';
import type { RoomPlan } from './plan.ts';
import type { RoomReport } from './runRoom.ts';

/** What all runs with ticks of one length came to. */
interface TickTotals {
  /** Milliseconds. */
  readonly tick: number;
  readonly runs: number;
  /** Virtual hours. */
  readonly hours: number;
  /** Seconds of processor time. */
  readonly seconds: number;
  readonly events: number;
  /** Requests that were answered. */
  readonly answered: number;
}

/** What runs came to. */
export interface RoomHours {
  /** By ascending ticks. */
  readonly ticks: readonly TickTotals[];
  /** How often each kind of fault struck and mattered. */
  readonly struck: Readonly<Record<string, Count>>;
}

/** What several runs came to. */
export class Totals {
  sum: RoomHours = { ticks: [], struck: {} };
  private longest = 0;

  /** `seconds`: the processor time of the run. */
  add(
    { elapsed, longestReturn, struck, events, outcomes }: RoomReport,
    { tick }: RoomPlan,
    seconds: number,
  ): void {
    this.longest = Math.max(this.longest, longestReturn);
    const ends = [...outcomes].filter(([end]) => end.endsWith(' ok') || end.endsWith(' fail'));
    const answered = ends.reduce((sum, [, count]) => sum + count, 0);
    const run = { tick, runs: 1, hours: elapsed / 3_600_000, seconds, events, answered };
    this.sum = hoursSum(this.sum, { ticks: [run], struck: Object.fromEntries(struck) });
  }

  get runs(): number {
    return this.sum.ticks.reduce((sum, { runs }) => sum + runs, 0);
  }

  /** Virtual hours so far. */
  get hours(): number {
    return this.sum.ticks.reduce((sum, { hours }) => sum + hours, 0);
  }

  /** `used`: seconds of processor time. */
  lines(used: number): readonly string[] {
    const struck = Object.entries(this.sum.struck)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([kind, count]) => `${kind} ${grouped(count.struck)} (${grouped(count.mattered)})`)
      .join(', ');
    const ticks = this.sum.ticks.map(({ tick, hours }) => `${grouped(tick)} ms ${hours.toFixed(2)} h`);
    return [
      `${grouped(this.runs)} runs, ${this.hours.toFixed(2)} virtual hours, ${((this.hours * 3_600) / used).toFixed(0)} times the processor time.`,
      `Ticks, and their hours: ${ticks.length === 0 ? 'none' : ticks.join(', ')}.`,
      `Once all was well, every client was answered within ${this.longest.toFixed(0)} ticks.`,
      `Strikes, and those that mattered: ${struck === '' ? 'none' : struck}.`,
    ];
  }
}

/** What both came to. */
export function hoursSum(one: RoomHours, other: RoomHours): RoomHours {
  const byTick = new Map(one.ticks.map((row) => [row.tick, row]));
  for (const row of other.ticks) byTick.set(row.tick, sumOf(row, byTick.get(row.tick)));
  return {
    ticks: [...byTick.values()].sort((row, next) => row.tick - next.tick),
    struck: struckSum(one.struck, other.struck),
  };
}

function sumOf(one: TickTotals, other: TickTotals | undefined): TickTotals {
  if (other === undefined) return one;
  return {
    tick: one.tick,
    runs: one.runs + other.runs,
    hours: one.hours + other.hours,
    seconds: one.seconds + other.seconds,
    events: one.events + other.events,
    answered: one.answered + other.answered,
  };
}

function struckSum(one: RoomHours['struck'], other: RoomHours['struck']): RoomHours['struck'] {
  const sum: Record<string, Count> = { ...one };
  for (const [kind, { struck, mattered }] of Object.entries(other)) {
    const before = sum[kind] ?? { struck: 0, mattered: 0 };
    sum[kind] = { struck: before.struck + struck, mattered: before.mattered + mattered };
  }
  return sum;
}
