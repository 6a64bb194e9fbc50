import { pendingWrites } from '../../../world/disk.ts';
import { canSync } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/** What one of the replicas has written becomes durable: every other time only the first of it, where it can. */
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
