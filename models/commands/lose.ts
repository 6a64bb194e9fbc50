import { canArrive } from '../world/enabled.ts';
import type { Event } from '../world/event.ts';
import type { World } from '../world/world.ts';
import { Choice } from './choice.ts';

/** Whatever cannot arrive at present is lost. */
export class Lose extends Choice {
  choose(world: World): Event | undefined {
    return world.packets.every((packet) => canArrive(world, packet)) ? undefined : { type: 'lose' };
  }

  toString(): string {
    return 'lose';
  }
}
