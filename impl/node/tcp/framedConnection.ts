import type { ConnectionLimits } from '../cluster/cluster.ts';
import type { Codec } from '../encoding/codec.ts';
import { type MachineClock, processClock } from '../platform/clock.ts';
import type { ByteStream } from '../platform/network.ts';
import { FrameReader, framed } from './frame.ts';

/** Handles the events of a connection. */
export interface ConnectionEvents {
  /** The system of the other end has answered. Only at the end that connected. */
  onReached?(): void;
  /** The connection is made. Only at the end that connected. */
  onConnected?(): void;
  /** Bytes came, which may be less than a message. */
  onBytes?(): void;
  /** A message came. Throwing an Error ends the connection, and tells the other end why. */
  onMessage(message: unknown): void;
  /** The bytes or the message were malformed, and the connection is ended. */
  onBroken(reason: string): void;
  /** The connection is closed. Called once. */
  onClosed(reason: string): void;
}

/** There is no slot for the other end now, which may come again later. */
export class FullError extends Error {
  override readonly name = 'FullError';
}

/**
 * A stream of bytes that carries framed messages. Messages sent in one turn of the event loop leave in one write. Memory is bounded:
 * a message that does not fit into the queue is not sent, and reading pauses while the queue is more than half full.
 */
export class FramedConnection {
  private readonly stream: ByteStream;
  private readonly clock: Pick<MachineClock, 'soon'>;
  private readonly codec: Codec;
  private readonly limits: ConnectionLimits;
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private reason = 'the other end closed the connection';

  constructor(
    stream: ByteStream,
    codec: Codec,
    limits: ConnectionLimits,
    events: ConnectionEvents,
    clock: Pick<MachineClock, 'soon'> = processClock,
  ) {
    this.stream = stream;
    this.clock = clock;
    this.codec = codec;
    this.limits = limits;
    const reader = new FrameReader(codec, limits.frame);
    stream.handle({
      onReached: () => events.onReached?.(),
      onConnected: () => events.onConnected?.(),
      onData: (chunk) => {
        if (stream.isOver) return;
        events.onBytes?.();
        this.read(reader, chunk, events);
      },
      onDrain: () => stream.resume(),
      onError: (error) => {
        this.reason = error.message;
      },
      onClosed: () => events.onClosed(this.reason),
    });
  }

  /** The frame of a message. Throws a RangeError if its contents exceed the limit. */
  static frameOf(codec: Codec, message: object, { frame }: ConnectionLimits): Buffer {
    const contents = codec.encode(message);
    if (contents.length > frame)
      throw new RangeError(`a message has ${contents.length} bytes, and the limit is ${frame}`);
    return framed(codec, contents);
  }

  /** Sends a message at the end of this turn. Yields false if the connection is closed or its queue full. */
  send(message: object): boolean {
    return this.sendFrame(FramedConnection.frameOf(this.codec, message, this.limits));
  }

  /** As `send`, for a message that is already framed. */
  sendFrame(frame: Buffer): boolean {
    const { stream, limits, waiting } = this;
    if (!stream.isWritable || this.backlog + frame.length > limits.queue) return false;
    if (waiting.length === 0) this.clock.soon(() => this.flush());
    waiting.push(frame);
    this.waitingBytes += frame.length;
    return true;
  }

  /** Closes the connection after its queue is sent, or after a second if the peer does not read. */
  end(reason: string): void {
    this.reason = reason;
    this.flush();
    this.stream.end(closeTimeout);
  }

  /** Closes the connection at once, and discards its queue. */
  destroy(reason: string): void {
    this.reason = reason;
    this.stream.destroy();
  }

  private get backlog(): number {
    return this.waitingBytes + this.stream.backlog;
  }

  private flush(): void {
    const { stream, waiting } = this;
    if (waiting.length === 0) return;
    const [first] = waiting;
    const all =
      waiting.length === 1 && first !== undefined ? first : Buffer.concat(waiting, this.waitingBytes);
    waiting.length = 0;
    this.waitingBytes = 0;
    if (!stream.isWritable) return;
    // A peer that asks without reading the answers is not read from.
    if (!stream.write(all) && this.backlog > this.limits.queue / 2) stream.pause();
  }

  private read(reader: FrameReader, chunk: Buffer, events: ConnectionEvents): void {
    try {
      for (const message of reader.read(chunk)) {
        events.onMessage(message);
        if (this.stream.isOver) return;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isFull = error instanceof FullError;
      if (!isFull) events.onBroken(reason);
      this.send({ type: 'goodbye', reason: reason.slice(0, longestReason), ...(isFull ? { isFull } : {}) });
      this.end(reason);
    }
  }
}

/** Milliseconds until a connection that is being closed is destroyed, if none of its queue leaves. */
const closeTimeout = 1_000;
const longestReason = 500;
