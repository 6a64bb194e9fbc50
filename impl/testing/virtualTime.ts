import type { Clock } from '../node/platform/clock.ts';

interface Due {
  readonly at: number;
  readonly callBack: () => void;
}

/** A clock that stands still until it is advanced, event by event. Times are milliseconds from 0. */
export class VirtualTime implements Clock {
  private time = 0;
  /** In the order in which they are due; those that are due at one time, in the order in which they were made. */
  private readonly due: Due[] = [];

  now(): number {
    return this.time;
  }

  after(delay: number, callBack: () => void): () => void {
    const event = { at: this.time + delay, callBack };
    const place = this.due.findLastIndex(({ at }) => at <= event.at) + 1;
    this.due.splice(place, 0, event);
    return () => {
      const at = this.due.indexOf(event);
      if (at >= 0) this.due.splice(at, 1);
    };
  }

  /** Advances to the next event and lets it happen, unless it is due later than this. Whether there was one. */
  next(latest: number): boolean {
    const [event] = this.due;
    if (event === undefined || event.at > latest) {
      this.time = Math.max(this.time, latest);
      return false;
    }
    this.due.shift();
    this.time = event.at;
    event.callBack();
    return true;
  }
}
