import { isArmed } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { timerBit, type World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/**
 * A replica suspects the primary while some replica is fetching state or recovering, so that a view change
 * begins in the middle of a state transfer or recovery. At other times this does nothing.
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
