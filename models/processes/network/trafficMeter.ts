import type { Clock } from '../clock.ts';

/** Milliseconds after which traffic counts half. */
const halfLife = 100;

/** Measures how much each node sent to others lately. */
export class TrafficMeter {
  private readonly sent = new Map<number, { readonly amount: number; readonly at: number }>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Adds an amount that another node received from this one. All amounts share one unit. */
  add(node: number, amount: number): void {
    this.sent.set(node, { amount: this.lately(node) + amount, at: this.clock.now() });
  }

  /** The node that sent the most lately, or undefined if none ever sent anything. */
  busiest(): number | undefined {
    const nodes = [...this.sent.keys()];
    return nodes.toSorted((one, other) => this.lately(other) - this.lately(one))[0];
  }

  private lately(node: number): number {
    const { amount, at } = this.sent.get(node) ?? { amount: 0, at: 0 };
    return amount * 2 ** ((at - this.clock.now()) / halfLife);
  }
}
