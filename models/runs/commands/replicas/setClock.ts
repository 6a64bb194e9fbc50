import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll } from '../../run/command.ts';

/** One change in this many is a jump, and half of the jumps go back. */
const jumpOneIn = 5;

/** The sizes of jumps, in milliseconds: from one to ten years. */
const jumps: readonly number[] = [1, 50, 1000, 60_000, 3_600_000, 86_400_000, 3_155_760_000, 315_576_000_000];

/**
 * The clock of a machine runs for a while, faster on machines with higher numbers, so that clocks drift
 * apart; or it jumps. No clock shows a time before 0, as none in production shows one before 1970.
 */
export class SetClock extends Choice {
  choose({ machines, clocks }: World): Event {
    const replica = this.number % machines.length;
    const bits = reroll(this.number);
    const change = bits % jumpOneIn === 0 ? jump(bits) : ((bits >>> 8) % 100) * (replica + 1) + 1;
    return { type: 'clock', replica, time: Math.max(0, (clocks[replica] ?? 0) + change) };
  }

  toString(): string {
    return `set clock ${this.number}`;
  }
}

function jump(bits: number): number {
  const size = jumps[(bits >>> 8) % jumps.length] ?? 1;
  return (bits & (1 << 16)) === 0 ? size : -size;
}
