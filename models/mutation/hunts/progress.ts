import { taskKey } from './plan.ts';
import type { HuntTask } from './threads.ts';

/** Tracks how far a mutation run has come. */
export class MutationRunProgress {
  private readonly total: number;
  private readonly left: number;
  private readonly startedAt = performance.now();
  private readonly running = new Map<string, HuntTask>();
  private finished = 0;

  /** Of `total` hunts, `left` are left to do. */
  constructor(total: number, left: number) {
    this.total = total;
    this.left = left;
  }

  start(task: HuntTask): void {
    this.running.set(taskKey(task), task);
  }

  done(task: HuntTask): void {
    this.running.delete(taskKey(task));
    this.finished++;
  }

  /** One line: the hunts done, those that are running, and an estimate of the time left. */
  line(): string {
    const now = [...this.running.values()].map(({ mutant, seed }) => `${mutant.name} (seed ${seed})`);
    const done = this.total - this.left + this.finished;
    return [`${done} of ${this.total} hunts done`, this.rest(), ...now].join(', ');
  }

  private rest(): string {
    const seconds = (performance.now() - this.startedAt) / 1000;
    if (this.finished === 0) return `${seconds.toFixed(0)} s so far`;
    return `about ${durationText((seconds / this.finished) * (this.left - this.finished))} left`;
  }
}

/** A duration for reading, such as 12 min. */
function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  if (seconds < 6000) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
