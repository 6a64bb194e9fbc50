/** What a replica that remembers nothing does next: see `Bootstrap`. */
export type BootstrapDecision = 'wait' | 'start' | 'recover';

/**
 * Decides how a replica without a memory begins: with its group for the first time, or by recovery after a crash (VRR §4.3
 * begins with a replica that knows that it crashed). Each start of a replica has a name of its own. Replica 0 founds the
 * group once it has heard from all others and none of them is running. A replica that hears of a running group starts with
 * it if its own start is among the founders, because that start has promised nothing. Any other start follows a crash, and
 * recovers.
 *
 * The caller guarantees two things. Once a later start of another replica calls, connections with its earlier starts are
 * read no more. Once this replica has started, only messages of the founders' starts are read.
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

  /** Another replica called, and named its start. It tells whether it is running only in its answer to `hello`. */
  onHello(from: number, boot: string): void {
    if (this.boots.get(from) === boot) return;
    this.boots.delete(from);
    this.running.delete(from);
  }

  /** Another replica answered with its start. `founders`: null if it is not running, else its founders, if it knows them. */
  onWelcome(from: number, boot: string, founders: readonly string[] | null): void {
    this.boots.set(from, boot);
    if (founders === null) this.running.delete(from);
    else this.running.set(from, founders);
  }

  /** The replicas that have not been heard from. */
  get missing(): readonly number[] {
    return Array.from({ length: this.size }, (_, number) => number).filter(
      (number) => !this.boots.has(number),
    );
  }

  /** The starts with which this one begins, by replica number; empty if it is not to begin so. */
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
