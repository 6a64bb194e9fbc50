import { describe, expect, it } from 'vitest';
import type { ByteStream, StreamEvents } from '../../impl/node/platform/network.ts';
import { Chance } from '../../models/processes/chance.ts';
import { Machine } from '../../models/room/machine.ts';
import { RoomNetwork } from '../../models/room/network.ts';
import { RoomTime } from '../../models/room/time.ts';

/** What one end of a connection has seen, with the seconds at which it did. */
class Seen implements StreamEvents {
  bytes = Buffer.alloc(0);
  pieces = 0;
  readonly events: string[] = [];
  private readonly time: RoomTime;

  constructor(time: RoomTime) {
    this.time = time;
  }

  onConnected(): void {
    this.note('connected');
  }

  onData(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    this.pieces++;
    this.note('data');
  }

  onDrain(): void {
    this.note('drain');
  }

  onError(error: Error): void {
    this.note(error.message);
  }

  onClosed(): void {
    this.note('closed');
  }

  /** When this was seen first, in whole seconds. */
  at(what: string): number | undefined {
    const found = this.events.find((event) => event.startsWith(`${what} `));
    return found === undefined ? undefined : Number(found.slice(what.length + 1));
  }

  private note(what: string): void {
    this.events.push(`${what} ${Math.round(this.time.now / 1000)}`);
  }
}

/** Two machines, of which one listens. */
class Pair {
  readonly time = new RoomTime();
  readonly network = new RoomNetwork(this.time, new Chance(1, 'network'));
  readonly near = new Seen(this.time);
  readonly far = new Seen(this.time);
  readonly home = new Machine('home', this.time, 1);
  readonly away = new Machine('away', this.time, 1);
  accepted: ByteStream | undefined;
  stream: ByteStream | undefined;

  constructor() {
    for (const machine of [this.home, this.away]) this.network.add(machine);
  }

  async listen(): Promise<void> {
    await this.network.seenBy(this.away.start()).listen(
      { host: 'away', port: 1 },
      {
        ...{
          tls: undefined,
          mostConnections: () => 10,
          handshakeTimeout: 1_000,
          onTlsFailure: () => undefined,
        },
        onConnection: (stream) => {
          this.accepted = stream;
          stream.handle(this.far);
        },
      },
    );
  }

  connect(): ByteStream {
    const stream = this.network
      .seenBy(this.home.process ?? this.home.start())
      .connect({ host: 'away', port: 1 }, undefined);
    stream.handle(this.near);
    this.stream = stream;
    return stream;
  }

  /** A pair that is connected. */
  static async connected(): Promise<Pair & { readonly stream: ByteStream }> {
    const pair = new Pair();
    await pair.listen();
    const stream = pair.connect();
    await pair.pass(0.1);
    return Object.assign(pair, { stream });
  }

  async pass(seconds: number): Promise<void> {
    let isOver = false;
    this.time.after(seconds * 1000, () => {
      isOver = true;
    });
    await this.time.run(() => isOver);
  }

  /** Cuts both directions, or joins them. */
  cut(isCut: boolean): void {
    for (const [from, to] of [
      ['home', 'away'],
      ['away', 'home'],
    ] as const)
      this.network.links.between(from, to).isCut = isCut;
  }
}

describe('a connection in the room', () => {
  it('carries bytes in order, in other pieces than they were written in', async () => {
    const { stream, far, pass } = await withMethods();
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
    for (let at = 0; at < bytes.length; at += 1_000) stream.write(bytes.subarray(at, at + 1_000));
    await pass(1);
    expect(far.bytes.equals(bytes)).toBe(true);
    expect(far.pieces).not.toBe(300);
  });

  it('holds back a writer whose reader pauses, and takes all once it reads', async () => {
    const pair = await Pair.connected();
    pair.accepted?.pause();
    expect(pair.stream.write(Buffer.alloc(1_000_000))).toBe(false);
    await pair.pass(10);
    expect(pair.stream.backlog).toBeGreaterThan(600_000);
    expect(pair.far.bytes.length).toBe(0);
    pair.accepted?.resume();
    await pair.pass(1);
    expect(pair.far.bytes.length).toBe(1_000_000);
    expect(pair.stream.backlog).toBe(0);
    expect(pair.near.at('drain')).toBe(10);
  });

  it('is repeated ever more rarely while packets vanish, so that it goes on long after they pass again', async () => {
    const pair = await Pair.connected();
    pair.cut(true);
    pair.stream.write(Buffer.from('hello'));
    await pair.pass(110);
    pair.cut(false);
    await pair.pass(100);
    // 0.2, 0.4, … 102.4 s: the sum first exceeds 110 s after ten repetitions.
    expect(pair.far.at('data')).toBe(205);
  });

  it('tells neither end when its packets vanish for good, while a new one passes', async () => {
    const pair = await Pair.connected();
    for (const connection of pair.network.connections) connection.isDead = true;
    pair.stream.write(Buffer.from('lost'));
    await pair.pass(600);
    expect([pair.near.at('closed'), pair.far.at('closed')]).toEqual([undefined, undefined]);
    pair.connect().write(Buffer.from('passed'));
    await pair.pass(1);
    expect(pair.far.bytes.toString()).toBe('passed');
    await pair.pass(1_000);
    // The system of the writer gives up at last.
    expect(pair.near.at('ETIMEDOUT')).toBeGreaterThan(900);
  });

  it('is closed at both ends when one ends it, after all bytes', async () => {
    const pair = await Pair.connected();
    pair.stream.write(Buffer.alloc(200_000));
    pair.stream.end(1_000);
    await pair.pass(1);
    expect(pair.far.bytes.length).toBe(200_000);
    expect([pair.near.at('closed'), pair.far.at('closed')]).toEqual([0, 0]);
  });

  it('is reset when its machine has come back from a power cut and bytes arrive', async () => {
    const pair = await Pair.connected();
    pair.away.powerOff();
    pair.network.forgetAt('away');
    pair.stream.write(Buffer.from('lost'));
    await pair.pass(5);
    expect(pair.near.at('closed')).toBe(undefined);
    await pair.listen();
    await pair.pass(10);
    expect(pair.near.at('ECONNRESET')).toBeGreaterThan(4);
  });

  it('is refused where no process listens, and waited for where the machine has no power', async () => {
    const pair = new Pair();
    pair.away.start();
    pair.connect();
    await pair.pass(1);
    expect(pair.near.at('ECONNREFUSED')).toBe(0);
    pair.away.powerOff();
    pair.connect();
    await pair.pass(200);
    expect(pair.near.at('ETIMEDOUT')).toBe(128);
  });

  it('reaches a frozen process once that is thawed', async () => {
    const pair = await Pair.connected();
    pair.away.process?.freeze();
    pair.stream.write(Buffer.from('late'));
    await pair.pass(5);
    expect(pair.far.bytes.length).toBe(0);
    pair.away.process?.thaw();
    await pair.pass(1);
    expect(pair.far.bytes.toString()).toBe('late');
  });
});

async function withMethods() {
  const pair = await Pair.connected();
  return { stream: pair.stream, far: pair.far, pass: (seconds: number) => pair.pass(seconds) };
}
