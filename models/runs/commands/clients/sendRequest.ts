import { canRequest } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/** A client that may have one more request outstanding sends its next one. */
export class SendRequest extends Choice {
  choose(world: World): Event | undefined {
    const client = roundRobin(this.number, world.clients.length, (index) => canRequest(world, index));
    return client === undefined ? undefined : { type: 'request', client };
  }

  toString(): string {
    return `request ${this.number}`;
  }
}
