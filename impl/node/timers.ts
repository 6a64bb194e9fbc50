import type { Timer } from '../replica/outputs.ts';

/**
 * The timers of a replica or client. Most are set anew long before they are due: only a note is made of that, and the one
 * that Node keeps is looked at when it fires.
 */
export class Timers<Name extends string = Timer> {
  private readonly due = new Map<Name, number>();
  private readonly set = new Map<Name, NodeJS.Timeout>();
  private readonly onDue: (name: Name) => void;

  constructor(onDue: (name: Name) => void) {
    this.onDue = onDue;
  }

  /** Has the timer fire once after so many milliseconds, instead of whenever it was due; with 0, not at all. */
  arm(name: Name, delay: number): void {
    if (delay === 0) {
      this.due.delete(name);
      return;
    }
    const time = performance.now() + delay;
    const isSooner = time < (this.due.get(name) ?? Number.POSITIVE_INFINITY);
    this.due.set(name, time);
    if (isSooner || !this.set.has(name)) this.schedule(name, delay);
  }

  /** No timer fires any more. */
  stop(): void {
    this.due.clear();
    for (const timeout of this.set.values()) clearTimeout(timeout);
    this.set.clear();
  }

  private schedule(name: Name, delay: number): void {
    clearTimeout(this.set.get(name));
    this.set.set(
      name,
      setTimeout(() => this.look(name), Math.ceil(delay)),
    );
  }

  private look(name: Name): void {
    this.set.delete(name);
    const time = this.due.get(name);
    if (time === undefined) return;
    const left = time - performance.now();
    if (left > 0) return this.schedule(name, left);
    this.due.delete(name);
    this.onDue(name);
  }
}
