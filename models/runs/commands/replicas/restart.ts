import { isDown } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/** A machine that is down restarts. */
export class Restart extends Choice {
  choose({ machines }: World): Event | undefined {
    const replica = roundRobin(this.number, machines.length, (index) => isDown(machines[index]));
    return replica === undefined ? undefined : { type: 'restart', replica };
  }

  toString(): string {
    return `restart ${this.number}`;
  }
}
