import type { Socket } from 'node:net';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import type { Codec } from '../encoding/codec.ts';
import { FrameReader, framed } from './frame.ts';

/** What becomes of a connection. */
export interface ConnectionEvents {
  /** A message came. Throws an Error if the connection is of no use after it. */
  onMessage(message: unknown): void;
  /** What came makes no sense, and the connection is ended for it. */
  onBroken(reason: string): void;
  /** It is over, for whatever reason; called once. */
  onClosed(reason: string): void;
}

/**
 * A socket that carries messages, each in a frame. What is sent in one turn of the event loop leaves in one write. No
 * more is kept for the other end than the bound allows: what does not fit is not sent, and while much waits nothing is read.
 */
export class FramedConnection {
  private readonly socket: Socket;
  private readonly codec: Codec;
  private readonly bounds: ConnectionLimits;
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private reason = 'the other end closed the connection';

  constructor(socket: Socket, codec: Codec, bounds: ConnectionLimits, events: ConnectionEvents) {
    this.socket = socket;
    this.codec = codec;
    this.bounds = bounds;
    const reader = new FrameReader(codec, bounds.frame);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(reader, chunk, events));
    socket.on('drain', () => socket.resume());
    socket.on('error', (error) => {
      this.reason = error.message;
    });
    socket.on('close', () => events.onClosed(this.reason));
  }

  /** The bytes of a message, for a connection with this codec. Throws a RangeError if they are more than a frame may hold. */
  static frameOf(codec: Codec, message: object, { frame }: ConnectionLimits): Buffer {
    const contents = codec.encode(message);
    if (contents.length > frame)
      throw new RangeError(`a message has ${contents.length} bytes, and a frame holds ${frame}`);
    return framed(codec, contents);
  }

  /** Sends a message at the end of this turn. Yields whether there was room for it. */
  send(message: object): boolean {
    return this.sendFrame(FramedConnection.frameOf(this.codec, message, this.bounds));
  }

  /** Sends what is a frame already. */
  sendFrame(frame: Buffer): boolean {
    const { socket, bounds, waiting } = this;
    if (!socket.writable || this.backlog + frame.length > bounds.queue) return false;
    if (waiting.length === 0) setImmediate(() => this.flush());
    waiting.push(frame);
    this.waitingBytes += frame.length;
    return true;
  }

  /** Closes the connection once everything is sent, or at once if this takes too long. */
  end(reason: string): void {
    this.reason = reason;
    this.flush();
    this.socket.end();
    this.socket.setTimeout(closeTimeout, () => this.socket.destroy());
  }

  /** Closes the connection, whatever waits. */
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
    // Whoever asks and does not listen must not make us keep the answers.
    if (!socket.write(all) && this.backlog > this.bounds.queue / 2) socket.pause();
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

/** Milliseconds until a connection that is being closed is cut off. */
const closeTimeout = 1_000;
const longestReason = 500;
