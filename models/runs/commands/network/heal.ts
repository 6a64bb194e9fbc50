import { hasCutLinks } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice } from '../../run/command.ts';

/** All cut links heal. */
export class Heal extends Choice {
  choose(world: World): Event | undefined {
    return hasCutLinks(world) ? { type: 'heal' } : undefined;
  }

  toString(): string {
    return 'heal';
  }
}
