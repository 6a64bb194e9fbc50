import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice } from '../../run/command.ts';

/** A message on its way is duplicated. */
export class Duplicate extends Choice {
  choose({ packets }: World): Event | undefined {
    const packet = packets[this.number % Math.max(1, packets.length)];
    return packet && { type: 'duplicate', packet };
  }

  toString(): string {
    return `duplicate ${this.number}`;
  }
}
