import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bootstrap } from '../../impl/node/bootstrap.ts';

/** One start of a replica. */
interface Start {
  readonly number: number;
  readonly boot: string;
  readonly bootstrap: Bootstrap;
  /** The starts that it began with; undefined: it has not begun. */
  founders: readonly string[] | undefined;
  /** The starts that had begun and learnt something of it, from itself or through others. */
  readonly heardBy: Set<Start>;
  /** The starts that answered its hello: it sends other messages to these only. */
  readonly welcomedBy: Set<Start>;
}

/** A message on its way from one start to another. Each direction is a connection of its own, and keeps the order. */
type Message =
  | { readonly type: 'hello' | 'protocol'; readonly from: Start; readonly to: Start }
  | {
      readonly type: 'welcome';
      readonly from: Start;
      readonly to: Start;
      readonly founders: readonly string[] | null;
    };

/** A group whose members have no memory, start and crash. */
class Group {
  readonly size: number;
  readonly current: (Start | undefined)[];
  readonly all: Start[] = [];
  messages: Message[] = [];
  /** By reader and sender: the start whose hello was read last. Only that start is read. */
  readonly read = new Map<Start, Map<number, Start>>();
  counts = { begun: 0, recovered: 0, crashed: 0 };

  constructor(size: number) {
    this.size = size;
    this.current = Array.from({ length: size }, () => undefined);
  }

  start(number: number): void {
    const boot = `${number}.${this.all.length}`;
    const bootstrap = new Bootstrap(this.size, number, boot);
    const start: Start = {
      number,
      boot,
      bootstrap,
      founders: undefined,
      heardBy: new Set(),
      welcomedBy: new Set(),
    };
    this.current[number] = start;
    this.all.push(start);
    this.read.set(start, new Map());
    this.decide(start);
  }

  crash(number: number): void {
    const start = this.current[number];
    if (start === undefined) return;
    this.counts.crashed++;
    this.current[number] = undefined;
    // Messages that it sent may still arrive; messages to it may not.
    this.messages = this.messages.filter((message) => message.to !== start);
  }

  /** Sends hello to all, and once it has begun, a message of the protocol. */
  speak(number: number): void {
    const from = this.current[number];
    if (from === undefined) return;
    for (const to of this.current) {
      if (to === undefined || to === from) continue;
      this.messages.push({ type: 'hello', from, to });
      if (from.founders !== undefined && from.welcomedBy.has(to))
        this.messages.push({ type: 'protocol', from, to });
    }
  }

  deliver(index: number): void {
    // The first of its connection: a connection keeps the order.
    const chosen = this.messages[index % Math.max(1, this.messages.length)];
    const message = this.messages.find(
      (other) =>
        chosen !== undefined &&
        other.from === chosen.from &&
        other.to === chosen.to &&
        (other.type === 'welcome') === (chosen.type === 'welcome'),
    );
    if (message === undefined) return;
    this.messages = this.messages.filter((other) => other !== message);
    if (message.type === 'welcome') return this.welcomed(message.to, message.from, message.founders);
    this.receive(message.to, message.type, message.from);
  }

  private receive(reader: Start, type: 'hello' | 'protocol', from: Start): void {
    const known = this.read.get(reader);
    if (type === 'hello') {
      const earlier = known?.get(from.number);
      if (earlier !== undefined && earlier !== from) this.cut(earlier, reader);
      this.messages = this.messages.filter(
        (message) => message.to !== reader || message.from === from || message.from.number !== from.number,
      );
      known?.set(from.number, from);
      reader.bootstrap.onHello(from.number, from.boot);
      this.messages.push({ type: 'welcome', from: reader, to: from, founders: reader.founders ?? null });
    } else if (known?.get(from.number) === from && reader.founders !== undefined) {
      for (const start of this.all) if (start === from || start.heardBy.has(from)) start.heardBy.add(reader);
    }
  }

  /** Drops all messages from the one to the other. */
  private cut(from: Start, to: Start): void {
    this.messages = this.messages.filter(
      (message) => message.type === 'welcome' || message.from !== from || message.to !== to,
    );
  }

  private welcomed(start: Start, from: Start, founders: readonly string[] | null): void {
    if (this.current[start.number] !== start) return;
    start.welcomedBy.add(from);
    if (start.founders !== undefined) return;
    start.bootstrap.onWelcome(from.number, from.boot, founders);
    this.decide(start);
  }

  private decide(start: Start): void {
    const { decision, founders } = start.bootstrap;
    if (decision === 'wait') return;
    start.founders = founders;
    const read = this.read.get(start);
    for (const [number, other] of [...(read ?? [])])
      if (decision === 'start' && other.boot !== founders[number]) {
        read?.delete(number);
        this.cut(other, start);
      }
    if (decision === 'recover') this.counts.recovered++;
    else {
      this.counts.begun++;
      const earlier = this.all.filter((other) => other.number === start.number && other !== start);
      const alive = (other: Start): boolean => this.current[other.number] === other;
      expect(earlier.filter(({ heardBy }) => [...heardBy].some(alive))).toEqual([]);
    }
  }
}

const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('deliver' as const), of: fc.nat({ max: 60 }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('speak' as const), of: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const), of: fc.nat({ max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('start' as const), of: fc.nat({ max: 4 }) }) },
);

describe('the bootstrap of a group', () => {
  test('a replica never begins anew while a running one remembers its earlier start', () => {
    const total = { begun: 0, recovered: 0, crashed: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(2, 3, 5),
        fc.array(action, { minLength: 40, maxLength: 300, size: 'max' }),
        (size, actions) => {
          const group = new Group(size);
          for (let number = 0; number < size; number++) group.start(number);
          for (const { type, of } of actions) {
            if (type === 'deliver') group.deliver(of);
            else if (type === 'speak') group.speak(of % size);
            else if (type === 'crash') group.crash(of % size);
            else if (group.current[of % size] === undefined) group.start(of % size);
          }
          total.begun += group.counts.begun;
          total.recovered += group.counts.recovered;
          total.crashed += group.counts.crashed;
        },
      ),
      { numRuns: 2_000 },
    );
    expect(total.begun).toBeGreaterThan(1_000);
    expect(total.recovered).toBeGreaterThan(200);
    expect(total.crashed).toBeGreaterThan(1_000);
  });

  test('all replicas begin if none crashes, in whatever order their messages arrive', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 5), fc.infiniteStream(fc.nat({ max: 60 })), (size, choices) => {
        const group = new Group(size);
        for (let number = 0; number < size; number++) group.start(number);
        for (let round = 0; round < 2 * size; round++) {
          for (let number = 0; number < size; number++) group.speak(number);
          while (group.messages.length > 0) group.deliver(choices.next().value ?? 0);
        }
        expect(group.counts).toEqual({ begun: size, recovered: 0, crashed: 0 });
      }),
      { numRuns: 200 },
    );
  });
});
