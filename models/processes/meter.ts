import type { Clock } from './clock.ts';

/** Milliseconds after which what was heard counts half. */
const halfLife = 100;

/** How much the others have heard of each node lately. */
export class Meter {
  private readonly heard = new Map<number, { readonly amount: number; readonly at: number }>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Notes that somebody has heard so much of a node, in whatever unit. */
  note(node: number, amount: number): void {
    this.heard.set(node, { amount: this.lately(node) + amount, at: this.clock.now() });
  }

  /** The node of which most was heard lately, or undefined if none ever was. */
  busiest(): number | undefined {
    const nodes = [...this.heard.keys()];
    return nodes.toSorted((one, other) => this.lately(other) - this.lately(one))[0];
  }

  private lately(node: number): number {
    const { amount, at } = this.heard.get(node) ?? { amount: 0, at: 0 };
    return amount * 2 ** ((at - this.clock.now()) / halfLife);
  }
}
