import type { Timer } from '../../../../impl/index.ts';
import { isArmed } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import { timerBit, type World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/** A timer fires at one of the replicas where it is armed: no matter when it was due, clocks are not trusted. */
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
