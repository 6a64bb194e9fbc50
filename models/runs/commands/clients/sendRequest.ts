import { canEnd, canRequest } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { fileServiceOf } from '../../../world/fileService.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/**
 * A client that may have one more request outstanding sends its next one, or, as often, one that has a session ends it. Schedules of
 * groups without sessions have no such event.
 */
export class SendRequest extends Choice {
  choose(world: World): Event | undefined {
    const client = roundRobin(this.number, world.clients.length, (index) => canRequest(world, index));
    if (client === undefined) return undefined;
    const chance = reroll(this.number);
    const ending = roundRobin(this.number, world.clients.length, (index) => canEnd(world, index));
    // Drawn once more, so that it leaves every operation possible.
    if (ending !== undefined && reroll(chance) % 2 === 0) return { type: 'end', client: ending };
    const operations = fileServiceOf(world.setup)?.operations;
    const operation = operations?.[chance % operations.length];
    return { type: 'request', client, ...(operation === undefined ? {} : { operation }) };
  }

  toString(): string {
    return `request ${this.number}`;
  }
}
