import type { Event } from '../../../world/event.ts';
import { allLinks, type Direction, type Link, linksAround } from '../../../world/links.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll } from '../../run/command.ts';

const directions: readonly Direction[] = ['both', 'both', 'in', 'out'];

/**
 * Links are cut. In half of the draws one replica, or sometimes two, are cut off from the rest, in one direction
 * or both; in a quarter any links are cut; in an eighth one replica keeps its links and most others are cut; and in an eighth
 * one exchanges messages with a quorum, and hears the others, whose logs are longer; no other two exchange messages.
 */
export class Partition extends Choice {
  choose({ machines }: World): Event | undefined {
    const size = machines.length;
    if (size === 1) return undefined;
    const bits = reroll(this.number);
    const cut = this.cutIn(machines, bits);
    return cut.length === 0 ? undefined : { type: 'partition', cut, loses: (bits & 0xc000) !== 0 };
  }

  toString(): string {
    return `partition ${this.number}`;
  }

  private cutIn(machines: World['machines'], bits: number): readonly Link[] {
    const size = machines.length;
    const first = this.number % size;
    switch ((bits >>> 16) & 3) {
      case 0:
        return this.drawn(allLinks(size), 2);
      case 1:
        return (bits & 0x40000) === 0
          ? this.drawn(
              allLinks(size).filter((link) => !link.includes(first)),
              6,
            )
          : this.aroundHub(machines);
      default: {
        const second = bits % size;
        const side = (bits & 0x300) === 0 && second !== first && size > 3 ? [first, second] : [first];
        return linksAround(size, side, directions[(bits >>> 12) & 3] ?? 'both');
      }
    }
  }

  /** The hub and those with which it exchanges messages have the shortest logs. */
  private aroundHub(machines: World['machines']): readonly Link[] {
    const size = machines.length;
    const lengths = machines.map(({ replica }) => replica?.log.length ?? Infinity);
    const ranked = Array.from({ length: size }, (_, index) => (this.number + index) % size).sort(
      (one, other) => Math.sign((lengths[one] ?? 0) - (lengths[other] ?? 0)) || 0,
    );
    const [hub] = ranked;
    const partners = ranked.slice(0, Math.floor(size / 2) + 1);
    return allLinks(size).filter(([from, to]) => {
      if (from === hub) return !partners.includes(to);
      if (to === hub) return false;
      // Of the two links between these, one is cut.
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      return (reroll(this.number + 97 * low + 4099 * high) % 2 === 0) === from < to;
    });
  }

  /** Some of the links: each with a chance of `eighths` of 8. */
  private drawn(links: readonly Link[], eighths: number): readonly Link[] {
    return links.filter(([from, to]) => reroll(this.number + 97 * from + 4099 * to) % 8 < eighths);
  }
}
