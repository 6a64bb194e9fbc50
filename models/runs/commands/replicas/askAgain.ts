import { isArmed } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { timerBit, type World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/**
 * A replica that fetches state or recovers asks again, so that the answers to an earlier question arrive after those to a later
 * one, or after the replica asks something else. At other times this does nothing.
 */
export class AskAgain extends Choice {
  choose(world: World): Event | undefined {
    const { machines } = world;
    const replica = roundRobin(this.number, machines.length, (index) => {
      const asking = machines[index]?.replica;
      const waits = asking?.transfer !== undefined || asking?.recovery !== undefined;
      return waits && isArmed(world, index, timerBit.resend);
    });
    return replica === undefined ? undefined : { type: 'timer', replica, timer: 'resend' };
  }

  toString(): string {
    return `ask again ${this.number}`;
  }
}
