const usualLatency = 0.4;
const usualRate = 100_000;

/** What becomes of the packets from one machine to another. */
export class Link {
  /** Whether they vanish. */
  isCut = false;
  /** Milliseconds that they take at least. */
  least = usualLatency;
  /** Bytes a millisecond. */
  rate = usualRate;
  private readonly jitter: () => number;

  constructor(jitter: () => number) {
    this.jitter = jitter;
  }

  /** Milliseconds that the next packet takes. */
  get latency(): number {
    return this.least * (1 + this.jitter());
  }

  /** Whether packets take longer than usual. */
  get isSlow(): boolean {
    return this.least > usualLatency || this.rate < usualRate;
  }

  heal(): void {
    this.isCut = false;
    this.least = usualLatency;
    this.rate = usualRate;
  }
}

/** The state of the link from every machine to every other. It keeps what faults have changed. */
export class Links {
  private readonly links = new Map<string, Link>();
  private readonly jitter: () => number;

  /** `jitter`: by how much more than the least a packet takes, as a fraction of it. */
  constructor(jitter: () => number) {
    this.jitter = jitter;
  }

  between(from: string, to: string): Link {
    const name = `${from}>${to}`;
    let link = this.links.get(name);
    if (link === undefined) {
      link = new Link(this.jitter);
      this.links.set(name, link);
    }
    return link;
  }

  /** Makes all links as they were at first. */
  heal(): void {
    for (const link of this.links.values()) link.heal();
  }
}
