import type { Model } from '../model.ts';
import { whyNot } from '../world/enabled.ts';
import { describe, type EventRecord, eventOf } from '../world/event.ts';
import type { TrialCommand } from './choice.ts';
import type { Trial } from './trial.ts';

/** A command that means one concrete event. Shrunk schedules consist of these; where it cannot happen it is skipped. */
export class Pinned implements TrialCommand {
  readonly record: EventRecord;

  constructor(record: EventRecord) {
    this.record = record;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, trial: Trial): void {
    const event = eventOf(trial.world.packets, this.record);
    if (event !== undefined && whyNot(trial.world, event) === undefined) trial.take(model, event);
  }

  toString(): string {
    return describe(this.record);
  }
}
