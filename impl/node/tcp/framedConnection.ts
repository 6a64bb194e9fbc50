import type { Socket } from 'node:net';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import type { Codec } from '../encoding/codec.ts';
import { FrameReader, framed } from './frame.ts';

/** Handles the events of a connection. */
export interface ConnectionEvents {
  /** A message came. Throwing an Error ends the connection. */
  onMessage(message: unknown): void;
  /** The bytes or the message were malformed, and the connection is ended. */
  onBroken(reason: string): void;
  /** The connection is closed. Called once. */
  onClosed(reason: string): void;
}

/**
 * A socket that carries framed messages. Messages sent in one turn of the event loop leave in one write. Memory is bounded:
 * a message that does not fit into the queue is not sent, and reading pauses while the queue is more than half full.
 */
export class FramedConnection {
  private readonly socket: Socket;
  private readonly codec: Codec;
  private readonly limits: ConnectionLimits;
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private reason = 'the other end closed the connection';

  constructor(socket: Socket, codec: Codec, limits: ConnectionLimits, events: ConnectionEvents) {
    this.socket = socket;
    this.codec = codec;
    this.limits = limits;
    const reader = new FrameReader(codec, limits.frame);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(reader, chunk, events));
    socket.on('drain', () => socket.resume());
    socket.on('error', (error) => {
      this.reason = error.message;
    });
    socket.on('close', () => events.onClosed(this.reason));
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
    const { socket, limits, waiting } = this;
    if (!socket.writable || this.backlog + frame.length > limits.queue) return false;
    if (waiting.length === 0) setImmediate(() => this.flush());
    waiting.push(frame);
    this.waitingBytes += frame.length;
    return true;
  }

  /** Closes the connection after its queue is sent, or after a second if the peer does not read. */
  end(reason: string): void {
    this.reason = reason;
    this.flush();
    this.socket.end();
    this.socket.setTimeout(closeTimeout, () => this.socket.destroy());
  }

  /** Closes the connection at once, and discards its queue. */
  destroy(reason: string): void {
    this.reason = reason;
    this.socket.destroy();
  }

  private get backlog(): number {
    return this.waitingBytes + this.socket.writableLength;
  }

  private flush(): void {
    const { socket, waiting } = this;
    if (waiting.length === 0) return;
    const [first] = waiting;
    const all =
      waiting.length === 1 && first !== undefined ? first : Buffer.concat(waiting, this.waitingBytes);
    waiting.length = 0;
    this.waitingBytes = 0;
    if (!socket.writable) return;
    // A peer that asks without reading the answers is not read from.
    if (!socket.write(all) && this.backlog > this.limits.queue / 2) socket.pause();
  }

  private read(reader: FrameReader, chunk: Buffer, events: ConnectionEvents): void {
    try {
      for (const message of reader.read(chunk)) {
        events.onMessage(message);
        if (this.socket.destroyed || this.socket.writableEnded) return;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      events.onBroken(reason);
      this.send({ type: 'goodbye', reason: reason.slice(0, longestReason) });
      this.end(reason);
    }
  }
}

/** Milliseconds until a connection that is being closed is destroyed. */
const closeTimeout = 1_000;
const longestReason = 500;
