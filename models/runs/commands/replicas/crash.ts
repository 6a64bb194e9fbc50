import { mayCorrupt, mayCrash } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/** One crash in this many also corrupts the log. */
const oneIn = 6;

/** The messages that carry parts of a log or checkpoint to a replica that has asked for them. */
const parts: ReadonlySet<string> = new Set(['NEWSTATE', 'CHECKPOINT']);

/**
 * A machine crashes and keeps some of its records that were not yet durable: in half of the draws one to which parts of a log or
 * checkpoint are under way, if there is one, because its next incarnation did not ask for them. Sometimes its log is corrupted too.
 */
export class Crash extends Choice {
  choose(world: World): Event | undefined {
    const { machines, packets } = world;
    const mayBe = (index: number): boolean => {
      const machine = machines[index];
      return machine?.replica !== undefined && mayCrash(world, machine);
    };
    const isSent = (index: number): boolean =>
      mayBe(index) && packets.some(({ to, message }) => to === index && parts.has(message.type));
    const replica =
      (reroll(this.number + 1) % 2 === 0 ? undefined : roundRobin(this.number, machines.length, isSent)) ??
      roundRobin(this.number, machines.length, mayBe);
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
