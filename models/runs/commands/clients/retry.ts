import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/** A client's retry timer fires, and it sends its request to all replicas again. */
export class Retry extends Choice {
  choose({ clients }: World): Event | undefined {
    const client = roundRobin(this.number, clients.length, (index) => clients[index]?.retryArmed === true);
    return client === undefined ? undefined : { type: 'retry', client };
  }

  toString(): string {
    return `retry ${this.number}`;
  }
}
