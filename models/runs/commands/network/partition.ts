import type { Direction, Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll } from '../../run/command.ts';

const directions: readonly Direction[] = ['both', 'both', 'in', 'out'];

/** One replica, or sometimes two, are cut off from the rest, in one direction or both. */
export class Partition extends Choice {
  choose({ machines }: World): Event | undefined {
    const size = machines.length;
    if (size === 1) return undefined;
    const bits = reroll(this.number);
    const first = this.number % size;
    const second = bits % size;
    const side = (bits & 0x300) === 0 && second !== first && size > 3 ? [first, second] : [first];
    return {
      type: 'partition',
      side,
      direction: directions[(bits >>> 12) & 3] ?? 'both',
      loses: (bits & 0xc000) !== 0,
    };
  }

  toString(): string {
    return `partition ${this.number}`;
  }
}
