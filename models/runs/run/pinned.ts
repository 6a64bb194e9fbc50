import type { Model } from '../../checking/model.ts';
import { disabledReason } from '../../world/enabled.ts';
import { type EventRecord, eventText, type Substitute, similarEventOf } from '../../world/event.ts';
import type { RunCommand } from './command.ts';
import type { Run } from './run.ts';

/**
 * A command for one recorded event; shrunk schedules consist of them. If the event's packet is not there, it
 * takes a similar event, and does nothing if there is none or it is not enabled.
 */
export class Pinned implements RunCommand {
  private readonly record: EventRecord;
  private readonly substitute: Substitute;

  constructor(record: EventRecord, substitute: Substitute) {
    this.record = record;
    this.substitute = substitute;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, run: Run): void {
    const event = similarEventOf(run.world.packets, this.record, this.substitute);
    if (event !== undefined && disabledReason(run.world, event) === undefined) run.take(model, event);
  }

  toString(): string {
    return eventText(this.record);
  }
}
