import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bootstrap } from '../../impl/node/bootstrap.ts';

/** One start of a replica. */
interface Start {
  readonly number: number;
  readonly boot: string;
  readonly founding: Bootstrap;
  /** With whom it began; undefined: not yet. */
  founders: readonly string[] | undefined;
  /** Who had begun and was told something by it, or by somebody who was. */
  readonly heardBy: Set<Start>;
  /** Who has answered its hello: to nobody else it says anything more. */
  readonly welcomedBy: Set<Start>;
}

/** Something on its way from one start to another. Connections are one for each direction, and keep the order. */
type Letter =
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
  mail: Letter[] = [];
  /** Whose hello each has read last, by reader and sender: only that start is read. */
  readonly read = new Map<Start, Map<number, Start>>();
  counts = { begun: 0, recovered: 0, crashed: 0 };

  constructor(size: number) {
    this.size = size;
    this.current = Array.from({ length: size }, () => undefined);
  }

  start(number: number): void {
    const boot = `${number}.${this.all.length}`;
    const founding = new Bootstrap(this.size, number, boot);
    const start: Start = {
      number,
      boot,
      founding,
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
    // What it sent may still arrive; what was sent to it may not.
    this.mail = this.mail.filter((letter) => letter.to !== start);
  }

  /** Says hello to all, and, once it has begun, whatever the protocol says. */
  speak(number: number): void {
    const from = this.current[number];
    if (from === undefined) return;
    for (const to of this.current) {
      if (to === undefined || to === from) continue;
      this.mail.push({ type: 'hello', from, to });
      if (from.founders !== undefined && from.welcomedBy.has(to))
        this.mail.push({ type: 'protocol', from, to });
    }
  }

  deliver(index: number): void {
    // The first of its connection: others that come earlier on the same one are read before it.
    const chosen = this.mail[index % Math.max(1, this.mail.length)];
    const letter = this.mail.find(
      (other) =>
        chosen !== undefined &&
        other.from === chosen.from &&
        other.to === chosen.to &&
        (other.type === 'welcome') === (chosen.type === 'welcome'),
    );
    if (letter === undefined) return;
    this.mail = this.mail.filter((other) => other !== letter);
    if (letter.type === 'welcome') return this.welcomed(letter.to, letter.from, letter.founders);
    this.receive(letter.to, letter.type, letter.from);
  }

  private receive(reader: Start, type: 'hello' | 'protocol', from: Start): void {
    const known = this.read.get(reader);
    if (type === 'hello') {
      const earlier = known?.get(from.number);
      if (earlier !== undefined && earlier !== from) this.cut(earlier, reader);
      this.mail = this.mail.filter(
        (letter) => letter.to !== reader || letter.from === from || letter.from.number !== from.number,
      );
      known?.set(from.number, from);
      reader.founding.onHello(from.number, from.boot);
      this.mail.push({ type: 'welcome', from: reader, to: from, founders: reader.founders ?? null });
    } else if (known?.get(from.number) === from && reader.founders !== undefined) {
      for (const start of this.all) if (start === from || start.heardBy.has(from)) start.heardBy.add(reader);
    }
  }

  /** Nothing more that the one has sent the other will be read. */
  private cut(from: Start, to: Start): void {
    this.mail = this.mail.filter(
      (letter) => letter.type === 'welcome' || letter.from !== from || letter.to !== to,
    );
  }

  private welcomed(start: Start, from: Start, founders: readonly string[] | null): void {
    if (this.current[start.number] !== start) return;
    start.welcomedBy.add(from);
    if (start.founders !== undefined) return;
    start.founding.onWelcome(from.number, from.boot, founders);
    this.decide(start);
  }

  private decide(start: Start): void {
    const { decision, founders } = start.founding;
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

const deed = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('deliver' as const), of: fc.nat({ max: 60 }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('speak' as const), of: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const), of: fc.nat({ max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('start' as const), of: fc.nat({ max: 4 }) }) },
);

describe('founding a group', () => {
  test('nobody begins anew while somebody remembers what an earlier start of it said', () => {
    const total = { begun: 0, recovered: 0, crashed: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(2, 3, 5),
        fc.array(deed, { minLength: 40, maxLength: 300, size: 'max' }),
        (size, deeds) => {
          const group = new Group(size);
          for (let number = 0; number < size; number++) group.start(number);
          for (const { type, of } of deeds) {
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

  test('all begin if none crashes, in whatever order they hear from each other', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 5), fc.infiniteStream(fc.nat({ max: 60 })), (size, choices) => {
        const group = new Group(size);
        for (let number = 0; number < size; number++) group.start(number);
        for (let round = 0; round < 2 * size; round++) {
          for (let number = 0; number < size; number++) group.speak(number);
          while (group.mail.length > 0) group.deliver(choices.next().value ?? 0);
        }
        expect(group.counts).toEqual({ begun: size, recovered: 0, crashed: 0 });
      }),
      { numRuns: 200 },
    );
  });
});
