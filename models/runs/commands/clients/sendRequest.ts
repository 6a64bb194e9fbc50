import { canRequest } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { fileServiceOf } from '../../../world/fileService.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/** A client that may have one more request outstanding sends its next one. */
export class SendRequest extends Choice {
  choose(world: World): Event | undefined {
    const client = roundRobin(this.number, world.clients.length, (index) => canRequest(world, index));
    if (client === undefined) return undefined;
    const operations = fileServiceOf(world.setup)?.operations;
    const operation = operations?.[reroll(this.number) % operations.length];
    return { type: 'request', client, ...(operation === undefined ? {} : { operation }) };
  }

  toString(): string {
    return `request ${this.number}`;
  }
}
