import type { Tally } from '../../checking/coverage/tally.ts';
import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { type Event, type EventRecord, recordOf } from '../../world/event.ts';
import { perform } from '../../world/perform.ts';
import type { World } from '../../world/world.ts';

/** Thrown when a property does not hold, so that whoever drives the run stops there. */
export class PropertyViolated extends Error {
  override readonly name = 'PropertyBroken';
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`${violation.property}: ${violation.seen}`);
    this.violation = violation;
  }
}

/**
 * One run of the real implementation: the world as it stands, and what was reached. Commands drive it, and the
 * abstract model judges each of its events.
 */
export class Run {
  world: World;
  /** How many events have been performed. */
  events = 0;
  private readonly tally: Tally | undefined;
  private readonly records: EventRecord[] | undefined;

  /** With `records`, every event is added to them as it happens. */
  constructor(
    world: World,
    { tally, records }: { readonly tally?: Tally; readonly records?: EventRecord[] } = {},
  ) {
    this.world = world;
    this.tally = tally;
    this.records = records;
  }

  /** Performs one event and lets the model judge it. Throws ClaimBroken if a property does not hold. */
  take(model: Model, event: Event): void {
    const before = this.world;
    this.records?.push(recordOf(before.packets, event));
    const after = perform(before, event);
    const { ghostState } = model;
    this.world = after;
    this.events++;
    const violation = model.follow(before, after);
    this.tally?.note(before, after, ghostState);
    if (violation !== undefined) throw new PropertyViolated(violation);
  }
}
