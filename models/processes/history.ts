import type { HistoryEvent } from '../histories/history.ts';
import type { Clock } from './clock.ts';

/** Takes down a history as it happens. */
export class HistoryRecorder {
  private readonly happened: HistoryEvent[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get events(): readonly HistoryEvent[] {
    return this.happened;
  }

  add(event: Omit<HistoryEvent, 'index' | 'time'>): void {
    const time = Math.round(this.clock.now() * 1e6);
    this.happened.push({ index: this.happened.length, time, ...event });
  }
}
