import { pendingWrites } from '../../../world/disk.ts';
import { canSync } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/**
 * Pending writes of one replica become durable: all of them, or in half the cases only the first ones, if
 * there are several.
 */
export class Sync extends Choice {
  choose({ machines }: World): Event | undefined {
    const replica = roundRobin(this.number, machines.length, (index) => canSync(machines[index]));
    const disk = machines[replica ?? -1]?.disk;
    if (replica === undefined || disk === undefined) return undefined;
    const choice = reroll(this.number);
    const writes = (choice >>> 1) % pendingWrites(disk);
    return writes === 0 || choice % 2 === 0 ? { type: 'sync', replica } : { type: 'sync', replica, writes };
  }

  toString(): string {
    return `sync ${this.number}`;
  }
}
