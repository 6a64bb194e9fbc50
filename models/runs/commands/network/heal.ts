import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice } from '../../run/command.ts';

/** All cut links heal. */
export class Heal extends Choice {
  choose({ blocked }: World): Event | undefined {
    return blocked.some((senders) => senders !== 0) ? { type: 'heal' } : undefined;
  }

  toString(): string {
    return 'heal';
  }
}
