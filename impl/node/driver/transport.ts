import type { ClientMessage, Message } from '../../replica/data/messages.ts';

/** How messages leave a replica. None need arrive: the protocol repeats what matters. */
export interface Transport {
  /** To another replica. */
  send(to: number, message: Message): void;
  /** To the client that the message names, if it can be reached. */
  reply(message: ClientMessage): void;
  /** Ends all connections, once what waits for them is sent. */
  close(): Promise<void>;
}

/** What a transport tells whoever watches it. Nothing here calls for an answer. */
export interface TransportObserver {
  /** A connection was made or lost: to a replica, if there is a number. */
  onConnection(state: 'connected' | 'lost', to: number | undefined, reason: string): void;
  /** What came was refused: bytes that are no frame, a message that nobody can have sent, a stranger. */
  onRejected(from: string, reason: string): void;
  /** There was no room, or no connection, for a message. */
  onUnsent(to: number | 'client', reason: string): void;
}
