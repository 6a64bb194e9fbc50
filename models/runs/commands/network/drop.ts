import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice } from '../../run/command.ts';

/** A message on its way is lost. */
export class Drop extends Choice {
  choose({ packets }: World): Event | undefined {
    const packet = packets[this.number % Math.max(1, packets.length)];
    return packet && { type: 'drop', packet };
  }

  toString(): string {
    return `drop ${this.number}`;
  }
}
