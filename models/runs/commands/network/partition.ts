import type { Event } from '../../../world/event.ts';
import { allLinks, type Direction, type Link, linksAround } from '../../../world/links.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll } from '../../run/command.ts';

const directions: readonly Direction[] = ['both', 'both', 'in', 'out'];

/**
 * Links are cut. In half of the draws one replica, or sometimes two, are cut off from the rest, in one direction
 * or both; in a quarter one replica keeps its links and most others are cut; and in a quarter any links are.
 */
export class Partition extends Choice {
  choose({ machines }: World): Event | undefined {
    const size = machines.length;
    if (size === 1) return undefined;
    const bits = reroll(this.number);
    const cut = this.cutIn(size, bits);
    return cut.length === 0 ? undefined : { type: 'partition', cut, loses: (bits & 0xc000) !== 0 };
  }

  toString(): string {
    return `partition ${this.number}`;
  }

  private cutIn(size: number, bits: number): readonly Link[] {
    const first = this.number % size;
    switch ((bits >>> 16) & 3) {
      case 0:
        return this.drawn(allLinks(size), 2);
      case 1:
        return this.drawn(
          allLinks(size).filter((link) => !link.includes(first)),
          6,
        );
      default: {
        const second = bits % size;
        const side = (bits & 0x300) === 0 && second !== first && size > 3 ? [first, second] : [first];
        return linksAround(size, side, directions[(bits >>> 12) & 3] ?? 'both');
      }
    }
  }

  /** Some of the links: each with a chance of `eighths` of 8. */
  private drawn(links: readonly Link[], eighths: number): readonly Link[] {
    return links.filter(([from, to]) => reroll(this.number + 97 * from + 4099 * to) % 8 < eighths);
  }
}
