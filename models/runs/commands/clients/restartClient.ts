import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice } from '../../run/command.ts';

/** A client crashes, forgets its requests and restarts. */
export class RestartClient extends Choice {
  choose({ clients }: World): Event | undefined {
    return clients.length === 0
      ? undefined
      : { type: 'restart-client', client: this.number % clients.length };
  }

  toString(): string {
    return `restart-client ${this.number}`;
  }
}
