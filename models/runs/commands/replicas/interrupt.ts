import { isArmed } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { timerBit, type World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/**
 * A view is given up while some replica is fetching state or recovering: the parts of a protocol are each easily right,
 * and wrong where one begins in the middle of another. At other times this does nothing.
 */
export class Interrupt extends Choice {
  choose(world: World): Event | undefined {
    const { machines } = world;
    if (
      !machines.some(
        ({ replica }) => replica?.status === 'state-transfer' || replica?.status === 'recovering',
      )
    ) {
      return undefined;
    }
    const replica = roundRobin(this.number, machines.length, (index) =>
      isArmed(world, index, timerBit.suspect),
    );
    return replica === undefined ? undefined : { type: 'timer', replica, timer: 'suspect' };
  }

  toString(): string {
    return `interrupt ${this.number}`;
  }
}
