import { canArrive } from '../world/enabled.ts';
import type { Event } from '../world/event.ts';
import type { World } from '../world/world.ts';
import { Choice, reroll, roundRobin } from './choice.ts';

/**
 * In which order messages arrive. `any`: each is as likely. `oldest`: mostly in the order of sending. `links`: some
 * links are much faster than others, and which ones changes now and then (priorities, as in PCT).
 */
export type Delivery = 'any' | 'oldest' | 'links';

/** A message on its way arrives. */
export class Deliver extends Choice {
  private readonly order: Delivery;
  private readonly salt: number;

  /** `salt` decides which links are fast. */
  constructor(number: number, order: Delivery, salt: number) {
    super(number);
    this.order = order;
    this.salt = salt;
  }

  choose(world: World): Event | undefined {
    const index = this.index(world);
    const packet = index === undefined ? undefined : world.packets[index];
    return packet && { type: 'deliver', packet };
  }

  toString(): string {
    return `deliver ${this.order} ${this.number}`;
  }

  private index(world: World): number | undefined {
    const { packets } = world;
    const arrives = (index: number) => {
      const packet = packets[index];
      return packet !== undefined && canArrive(world, packet);
    };
    // One in eight deliveries is out of the order, so that no order is beyond reach.
    const start = this.order === 'any' || (this.number & 7) === 0 ? reroll(this.number) : 0;
    if (this.order !== 'links' || start !== 0) return roundRobin(start, packets.length, arrives);
    return this.fastest(world, arrives);
  }

  private fastest({ packets }: World, arrives: (index: number) => boolean): number | undefined {
    let best: number | undefined;
    let bestSpeed = -1;
    packets.forEach(({ from, to }, index) => {
      const speed = reroll(this.salt + from * 61 + to * 997) & 0xffff;
      if (speed <= bestSpeed || !arrives(index)) return;
      best = index;
      bestSpeed = speed;
    });
    return best;
  }
}
