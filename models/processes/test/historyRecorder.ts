import type { HistoryEvent } from '../../histories/events/event.ts';
import type { Clock } from '../clock.ts';

/** Records the history of a test as it happens. */
export class HistoryRecorder {
  private readonly recorded: HistoryEvent[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get events(): readonly HistoryEvent[] {
    return this.recorded;
  }

  /** Appends an event at the current time. */
  add(event: Omit<HistoryEvent, 'index' | 'time'>): void {
    const time = Math.round(this.clock.now() * 1e6);
    this.recorded.push({ index: this.recorded.length, time, ...event });
  }
}
