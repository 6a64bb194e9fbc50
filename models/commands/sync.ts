import { canSync } from '../world/enabled.ts';
import type { Event } from '../world/event.ts';
import type { World } from '../world/world.ts';
import { Choice, roundRobin } from './choice.ts';

/** What one of the replicas has written becomes durable. */
export class Sync extends Choice {
  choose({ machines }: World): Event | undefined {
    const replica = roundRobin(this.number, machines.length, (index) => canSync(machines[index]));
    return replica === undefined ? undefined : { type: 'sync', replica };
  }

  toString(): string {
    return `sync ${this.number}`;
  }
}
