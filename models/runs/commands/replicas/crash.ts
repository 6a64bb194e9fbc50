import { mayCorrupt, mayCrash } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/** One crash in this many also corrupts the log. */
const oneIn = 6;

/**
 * A machine crashes and keeps some of its records that were not yet durable. Sometimes its log is corrupted
 * too.
 */
export class Crash extends Choice {
  choose(world: World): Event | undefined {
    const { machines } = world;
    const replica = roundRobin(this.number, machines.length, (index) => {
      const machine = machines[index];
      return machine?.replica !== undefined && mayCrash(world, machine);
    });
    if (replica === undefined) return undefined;
    const records = machines[replica]?.disk.unsynced.length ?? 0;
    const drawn = reroll(this.number);
    const survivors = drawn % (records + 1);
    const machine = machines[replica];
    if (machine === undefined || reroll(drawn) % oneIn !== 0 || !mayCorrupt(world, machine))
      return { type: 'crash', replica, survivors };
    return { type: 'crash', replica, survivors, readable: reroll(drawn + 1) % machine.disk.image.log.length };
  }

  toString(): string {
    return `crash ${this.number}`;
  }
}
