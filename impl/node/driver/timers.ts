import type { Timer } from '../../replica/data/outputs.ts';
import { type Clock, processClock } from '../platform/clock.ts';

/** When a timer is due, and how many milliseconds more it may wait where it fires late. */
interface Due {
  readonly at: number;
  readonly grace: number;
}

/**
 * The timers of a replica or client. Most are reset or stopped long before they are due. Resetting one only notes the new
 * time; Node's own timer is left to fire early, and is then set again.
 *
 * A process that is stopped, or busy for long, finds its timers due before it has read the input that arrived meanwhile. The
 * time by which a timer is late is no time in which it waited for input: it waits as long again, once, and no longer than its
 * delay. Otherwise a replica would suspect a primary whose heartbeats wait in its sockets.
 */
export class Timers<Name extends string = Timer> {
  private readonly due = new Map<Name, Due>();
  /** Node's timers, and when each fires. */
  private readonly set = new Map<Name, { readonly cancel: () => void; readonly at: number }>();
  private readonly onDue: (name: Name) => void;
  private readonly prompt: readonly Name[];
  private readonly clock: Clock;

  /** `prompt`: timers that wait for no input, and fire as soon as the process runs. */
  constructor(onDue: (name: Name) => void, prompt: readonly Name[] = [], clock: Clock = processClock) {
    this.onDue = onDue;
    this.prompt = prompt;
    this.clock = clock;
  }

  /** Fires the timer once after `delay` milliseconds, in place of an earlier time; 0 stops it. */
  arm(name: Name, delay: number): void {
    if (delay === 0) {
      this.due.delete(name);
      return;
    }
    this.wait(name, delay, this.prompt.includes(name) ? 0 : delay);
  }

  /** Lets the timer fire after `delay` milliseconds at the latest, if it is armed. */
  hasten(name: Name, delay: number): void {
    const due = this.due.get(name);
    if (due !== undefined && due.at > this.clock.now() + delay) this.arm(name, delay);
  }

  /** Stops all timers. */
  stop(): void {
    this.due.clear();
    for (const { cancel } of this.set.values()) cancel();
    this.set.clear();
  }

  private wait(name: Name, delay: number, grace: number): void {
    const at = this.clock.now() + delay;
    this.due.set(name, { at, grace });
    if (at < (this.set.get(name)?.at ?? Number.POSITIVE_INFINITY)) this.schedule(name, delay, at);
  }

  private schedule(name: Name, delay: number, at: number): void {
    this.set.get(name)?.cancel();
    this.set.set(name, { cancel: this.clock.after(Math.ceil(delay), () => this.onTimeout(name)), at });
  }

  private onTimeout(name: Name): void {
    this.set.delete(name);
    const due = this.due.get(name);
    if (due === undefined) return;
    const late = this.clock.now() - due.at;
    if (late < 0) return this.schedule(name, -late, due.at);
    const more = Math.min(late, due.grace);
    // Node rounds to milliseconds.
    if (more >= 2) return this.wait(name, more, 0);
    this.due.delete(name);
    this.onDue(name);
  }
}
