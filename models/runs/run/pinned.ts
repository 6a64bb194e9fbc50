import type { Model } from '../../checking/model.ts';
import { disabledReason } from '../../world/enabled.ts';
import { type EventRecord, eventText, type Substitute, similarEventOf } from '../../world/event.ts';
import type { RunCommand } from './command.ts';
import type { Run } from './run.ts';

/**
 * A command that means one concrete event, as shrunk schedules consist of. It takes the most similar event where that
 * one cannot be found, and does nothing where there is none either.
 */
export class Pinned implements RunCommand {
  private readonly record: EventRecord;
  private readonly stand: Substitute;

  constructor(record: EventRecord, stand: Substitute) {
    this.record = record;
    this.stand = stand;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, run: Run): void {
    const event = similarEventOf(run.world.packets, this.record, this.stand);
    if (event !== undefined && disabledReason(run.world, event) === undefined) run.take(model, event);
  }

  toString(): string {
    return eventText(this.record);
  }
}
