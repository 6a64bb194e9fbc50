/** Lets Node run what is due next. Tests may put another function in its place later. */
const { setImmediate } = globalThis;

interface Due {
  readonly at: number;
  readonly order: number;
  /** Undefined once it is called off. */
  happen: (() => void) | undefined;
}

/** The turns that Node is asked for at once: between two of them it drains all promises, and reads no input. */
const batch = 500;

/**
 * Virtual time: one queue of events, in the order of their times, and of their making where those are equal. All promises are
 * drained after each event. Nothing else of real time comes in, so a run depends on its seed alone; `digest` shows whether it does.
 * Times are milliseconds, with fractions.
 */
export class RoomTime {
  now = 0;
  /** How many events have happened. */
  events = 0;
  /** Called with each line that is noted. */
  onNote: ((line: string) => void) | undefined;
  private made = 0;
  private hash = 0x811c9dc5;
  private readonly heap: Due[] = [];

  /** How many events are to come. */
  get pending(): number {
    return this.heap.length;
  }

  /** A hash of all events so far: their times, and what was noted about them. */
  get digest(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  /** Lets this happen after so many milliseconds. What it returns calls it off. */
  after(delay: number, happen: () => void): () => void {
    const { heap } = this;
    const due: Due = { at: this.now + Math.max(0, delay), order: this.made++, happen };
    let place = heap.length;
    heap.push(due);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = due;
    return () => {
      due.happen = undefined;
    };
  }

  /** Adds a fact about the present event to the digest. */
  note(line: string): void {
    let { hash } = this;
    for (let at = 0; at < line.length; at++) hash = mixed(hash, line.charCodeAt(at));
    this.hash = hash;
    this.onNote?.(line);
  }

  /** Adds bytes to the digest. */
  noteBytes(bytes: Uint8Array): void {
    let { hash } = this;
    for (let at = 0; at < bytes.length; at++) hash = mixed(hash, bytes[at] ?? 0);
    this.hash = hash;
  }

  /** Lets events happen, one by one, until this holds. Rejects with what an event throws, or when no event is left. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let isDone = false;
      const turn = (): void => {
        if (isDone) return;
        try {
          isDone = isOver();
          if (isDone) return resolve();
          this.step();
        } catch (error) {
          isDone = true;
          reject(error);
        }
      };
      const turns = (): void => {
        if (isDone) return;
        for (let count = 0; count < batch; count++) setImmediate(turn);
        setImmediate(turns);
      };
      turns();
    });
  }

  private step(): void {
    let due: Due | undefined;
    do {
      due = this.take();
      if (due === undefined) throw new Error('Nothing is left to happen in the room.');
    } while (due.happen === undefined);
    this.now = due.at;
    this.events++;
    this.hash = mixed(this.hash, Math.floor(due.at * 1024));
    due.happen();
  }

  private take(): Due | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const isRight = other !== undefined && isBefore(other, one);
      const child = isRight ? other : one;
      if (isBefore(last, child)) break;
      heap[place] = child;
      place = isRight ? left + 1 : left;
    }
    heap[place] = last;
    return first;
  }
}

function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
