import type { Timer } from '../../replica/data/outputs.ts';

/**
 * The timers of a replica or client. Most are reset or stopped long before they are due. Resetting one only notes the new
 * time; Node's own timer is left to fire early, and is then set again.
 */
export class Timers<Name extends string = Timer> {
  private readonly due = new Map<Name, number>();
  /** Node's timers, and when each fires. */
  private readonly set = new Map<Name, { readonly timeout: NodeJS.Timeout; readonly at: number }>();
  private readonly onDue: (name: Name) => void;

  constructor(onDue: (name: Name) => void) {
    this.onDue = onDue;
  }

  /** Fires the timer once after `delay` milliseconds, in place of an earlier time; 0 stops it. */
  arm(name: Name, delay: number): void {
    if (delay === 0) {
      this.due.delete(name);
      return;
    }
    const time = performance.now() + delay;
    this.due.set(name, time);
    if (time < (this.set.get(name)?.at ?? Number.POSITIVE_INFINITY)) this.schedule(name, delay, time);
  }

  /** Stops all timers. */
  stop(): void {
    this.due.clear();
    for (const { timeout } of this.set.values()) clearTimeout(timeout);
    this.set.clear();
  }

  private schedule(name: Name, delay: number, at: number): void {
    clearTimeout(this.set.get(name)?.timeout);
    this.set.set(name, { timeout: setTimeout(() => this.onTimeout(name), Math.ceil(delay)), at });
  }

  private onTimeout(name: Name): void {
    this.set.delete(name);
    const time = this.due.get(name);
    if (time === undefined) return;
    const left = time - performance.now();
    if (left > 0) return this.schedule(name, left, time);
    this.due.delete(name);
    this.onDue(name);
  }
}
