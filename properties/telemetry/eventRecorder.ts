import { eventTypes, listen } from '../../impl/node/telemetry/channels.ts';
import type { EventOf, EventType, TelemetryEvent } from '../../impl/node/telemetry/telemetryEvents.ts';

/** Records all events until it is ended. */
export class EventRecorder {
  readonly events: TelemetryEvent[] = [];
  readonly end: () => void;

  constructor() {
    const record = (event: TelemetryEvent): void => void this.events.push(event);
    this.end = listen(Object.fromEntries(eventTypes.map((type) => [type, record])));
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
