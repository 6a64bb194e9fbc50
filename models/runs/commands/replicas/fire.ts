import type { Timer } from '../../../../impl/index.ts';
import { isArmed } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { timerBit, type World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/**
 * An armed timer fires at one of the replicas. Its delay is ignored, because safety must not rely on clocks.
 */
export class Fire extends Choice {
  private readonly timer: Timer;

  constructor(number: number, timer: Timer) {
    super(number);
    this.timer = timer;
  }

  choose(world: World): Event | undefined {
    const bit = timerBit[this.timer];
    const replica = roundRobin(this.number, world.machines.length, (index) => isArmed(world, index, bit));
    return replica === undefined ? undefined : { type: 'timer', replica, timer: this.timer };
  }

  toString(): string {
    return `fire ${this.timer} ${this.number}`;
  }
}
