/** What a replica that remembers nothing is to do: see `Founding`. */
export type BootstrapDecision = 'wait' | 'start' | 'recover';

/**
 * How a replica without a memory finds out whether it never had one (VRR §4.3 begins with a replica that knows that it
 * crashed). Each start of a replica has a name of its own. Replica 0 founds the group, once it has heard from all others, and
 * of none that it is running. Whoever hears of a running one begins too if its own start is among the founders, for it has
 * promised nothing; any other start comes after a crash, and recovers.
 *
 * The caller sees to it that nothing is read any more on connections with an earlier start of another once a later one
 * calls; nor, after the beginning, what any but a founder has sent before.
 */
export class Bootstrap {
  private readonly size: number;
  private readonly isFounder: boolean;
  private readonly boot: string;
  private readonly boots = new Map<number, string>();
  private readonly running = new Map<number, readonly string[]>();

  constructor(size: number, replicaNumber: number, boot: string) {
    this.size = size;
    this.isFounder = replicaNumber === 0;
    this.boot = boot;
    this.boots.set(replicaNumber, boot);
  }

  /** Another replica called, and named its start. Whether it is running it says only when it is asked. */
  onHello(from: number, boot: string): void {
    if (this.boots.get(from) === boot) return;
    this.boots.delete(from);
    this.running.delete(from);
  }

  /** Another replica answered with its start: null if it is not running, or else its founders, as far as it knows them. */
  onWelcome(from: number, boot: string, founders: readonly string[] | null): void {
    this.boots.set(from, boot);
    if (founders === null) this.running.delete(from);
    else this.running.set(from, founders);
  }

  /** Who has not been heard from yet. */
  get missing(): readonly number[] {
    return Array.from({ length: this.size }, (_, number) => number).filter(
      (number) => !this.boots.has(number),
    );
  }

  /** Those with whom this start is to begin, by number, or none if it is not. */
  get founders(): readonly string[] {
    const group = [...this.running.values()].find((founders) => founders.includes(this.boot));
    if (group !== undefined) return group;
    if (!this.isFounder || this.running.size > 0 || this.missing.length > 0) return [];
    return Array.from({ length: this.size }, (_, number) => this.boots.get(number) ?? '');
  }

  get decision(): BootstrapDecision {
    if (this.founders.length > 0) return 'start';
    return this.running.size > 0 ? 'recover' : 'wait';
  }
}
