import { inWords } from '../node/outage/outage.ts';

/** Milliseconds in which a line is logged once, or a few times; each time twice as long, while it comes again and again. */
const firstInterval = 60_000;
const lastInterval = 600_000;
/** The most lines that are remembered. Others that come meanwhile are counted together: they may come from strangers, in any number. */
const mostLines = 200;

interface Counted {
  readonly since: number;
  readonly interval: number;
  /** How many may still be logged in this interval. */
  left: number;
  hidden: number;
}

/** Counts lines that repeat, or that are too many, so that a log tells how often, and does not fill up. */
export class RepeatedLines {
  private readonly now: () => number;
  private readonly lines = new Map<string, Counted>();
  /** The lines that were too many. */
  private others: { readonly since: number; hidden: number } | undefined;

  /** `now`: milliseconds, which only grow. */
  constructor(now: () => number) {
    this.now = now;
  }

  /**
   * What to add to the text of a line with this key, which tells how often it came since it was logged; undefined if the line is only
   * counted now. `burst`: how many come in full before they are counted.
   */
  take(key: string, burst = 1): string | undefined {
    const now = this.now();
    const line = this.lines.get(key);
    if (line !== undefined && now - line.since < line.interval) {
      if (line.left-- > 0) return '';
      line.left = 0;
      line.hidden++;
      return undefined;
    }
    if (line === undefined && this.isFull(now)) return this.takeOther(now);
    const hidden = line?.hidden ?? 0;
    const interval =
      line === undefined || hidden === 0 ? firstInterval : Math.min(2 * line.interval, lastInterval);
    this.lines.set(key, { since: now, interval, left: hidden === 0 ? burst - 1 : 0, hidden: 0 });
    return line === undefined || hidden === 0
      ? ''
      : `, ${hidden + 1} times in the last ${inWords(now - line.since)}`;
  }

  private isFull(now: number): boolean {
    if (this.lines.size < mostLines) return false;
    for (const [key, { since, interval }] of this.lines) if (now - since >= interval) this.lines.delete(key);
    return this.lines.size >= mostLines;
  }

  private takeOther(now: number): string | undefined {
    const { others } = this;
    if (others !== undefined && now - others.since < firstInterval) {
      others.hidden++;
      return undefined;
    }
    this.others = { since: now, hidden: 0 };
    return others === undefined || others.hidden === 0
      ? ''
      : `, and ${others.hidden} other lines in the last ${inWords(now - others.since)}`;
  }

  /** The next line with this key is the first again. */
  forget(key: string): void {
    this.lines.delete(key);
  }
}
