import { eventTypes, listen } from '../../impl/node/telemetry/channels.ts';
import type { EventOf, EventType, TelemetryEvent } from '../../impl/node/telemetry/telemetryEvents.ts';

/** Writes down all that is told, until it is ended. */
export class Hearing {
  readonly events: TelemetryEvent[] = [];
  readonly end: () => void;

  constructor() {
    const hear = (event: TelemetryEvent): void => void this.events.push(event);
    this.end = listen(Object.fromEntries(eventTypes.map((type) => [type, hear])));
  }

  /** The events of a type, of one replica or of all. */
  of<Type extends EventType>(type: Type, replica?: number): readonly EventOf<Type>[] {
    const is = (event: { readonly type: EventType }): event is EventOf<Type> => event.type === type;
    return this.events.filter(is).filter(({ replicaNumber }) => (replica ?? replicaNumber) === replicaNumber);
  }

  has(type: EventType): boolean {
    return this.events.some((event) => event.type === type);
  }
}
