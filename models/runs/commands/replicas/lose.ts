import { isEmptied } from '../../../world/disk.ts';
import { mayCrash, mayLose } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, roundRobin } from '../../run/command.ts';

/**
 * A machine crashes and loses all contents of its storage: in three of four cases one whose replica has called for a view, or
 * voted, if there is one, because it forgets that.
 */
export class Lose extends Choice {
  choose(world: World): Event | undefined {
    const { machines } = world;
    const mayBe = (index: number): boolean => {
      const machine = machines[index];
      return machine?.replica !== undefined && mayCrash(world, machine) && mayLose(world, machine);
    };
    const hasCalled = (index: number): boolean =>
      machines[index]?.replica?.status === 'view-change' && mayBe(index);
    const chosen = this.number >>> 2;
    const isUsed = (index: number): boolean => {
      const machine = machines[index];
      return machine !== undefined && !isEmptied(machine.disk) && mayBe(index);
    };
    const replica =
      this.number % 4 === 0
        ? roundRobin(chosen, machines.length, mayBe)
        : (roundRobin(chosen, machines.length, hasCalled) ?? roundRobin(chosen, machines.length, isUsed));
    return replica === undefined ? undefined : { type: 'crash', replica, survivors: 0, lost: true };
  }

  toString(): string {
    return `lose ${this.number}`;
  }
}
