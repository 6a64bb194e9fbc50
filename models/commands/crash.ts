import { mayCrash } from '../world/enabled.ts';
import type { Event } from '../world/event.ts';
import type { World } from '../world/world.ts';
import { Choice, reroll, roundRobin } from './choice.ts';

/** A machine crashes, and keeps any number of the records that were not durable yet. */
export class Crash extends Choice {
  choose(world: World): Event | undefined {
    const { machines } = world;
    const replica = roundRobin(this.number, machines.length, (index) => {
      const machine = machines[index];
      return machine?.replica !== undefined && mayCrash(world, machine);
    });
    if (replica === undefined) return undefined;
    const records = machines[replica]?.disk.unsynced.length ?? 0;
    return { type: 'crash', replica, survivors: reroll(this.number) % (records + 1) };
  }

  toString(): string {
    return `crash ${this.number}`;
  }
}
