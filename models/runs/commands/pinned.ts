import type { Model } from '../../checking/model.ts';
import { whyNot } from '../../world/enabled.ts';
import { describe, type EventRecord, type Stand, similarEventOf } from '../../world/event.ts';
import type { Trial } from '../run.ts';
import type { TrialCommand } from './choice.ts';

/**
 * A command that means one concrete event, as shrunk schedules consist of. It takes the most similar event where that
 * one cannot be found, and does nothing where there is none either.
 */
export class Pinned implements TrialCommand {
  private readonly record: EventRecord;
  private readonly stand: Stand;

  constructor(record: EventRecord, stand: Stand) {
    this.record = record;
    this.stand = stand;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, trial: Trial): void {
    const event = similarEventOf(trial.world.packets, this.record, this.stand);
    if (event !== undefined && whyNot(trial.world, event) === undefined) trial.take(model, event);
  }

  toString(): string {
    return describe(this.record);
  }
}
