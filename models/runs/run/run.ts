import type { Tally } from '../../checking/coverage/tally.ts';
import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { type Event, type EventRecord, recordOf } from '../../world/event.ts';
import { perform } from '../../world/perform.ts';
import { choicesOf } from '../../world/recordedOperation.ts';
import type { World } from '../../world/world.ts';

/** Thrown by the event that breaks a property, to stop the run there. */
export class PropertyViolated extends Error {
  override readonly name = 'PropertyViolated';
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`${violation.property}: ${violation.seen}`);
    this.violation = violation;
  }
}

/**
 * One run of an implementation: its present world, and the coverage marks that it reached. Commands drive it,
 * and the abstract model checks each event.
 */
export class Run {
  world: World;
  /** How many events have been performed. */
  events = 0;
  private readonly tally: Pick<Tally, 'note'> | undefined;
  private readonly records: EventRecord[] | undefined;

  /** Counts coverage marks in `tally` and appends each event to `records`, if they are given. */
  constructor(
    world: World,
    { tally, records }: { readonly tally?: Pick<Tally, 'note'>; readonly records?: EventRecord[] } = {},
  ) {
    this.world = world;
    this.tally = tally;
    this.records = records;
  }

  /** Performs one event and lets the model check it. Throws PropertyViolated if a property does not hold. */
  take(model: Model, event: Event): void {
    const before = this.world;
    this.records?.push(recordOf(before.packets, event));
    const after = perform(before, event, choicesOf(before, event));
    const { ghostState } = model;
    this.world = after;
    this.events++;
    const violation = model.follow(before, after);
    this.tally?.note(before, after, ghostState);
    if (violation !== undefined) throw new PropertyViolated(violation);
  }
}
