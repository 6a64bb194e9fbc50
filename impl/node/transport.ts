import type { ClientMessage, Message } from '../replica/data/messages.ts';
import type { StatusReport } from './handshake.ts';

/** How messages leave a replica. None need arrive: the protocol repeats what matters. */
export interface Transport {
  /** To another replica. */
  send(to: number, message: Message): void;
  /** To the client that the message names, if it can be reached. */
  reply(message: ClientMessage): void;
  /** Ends all connections, once what waits for them is sent. */
  close(): Promise<void>;
}

/** Where messages arrive, and who answers what is asked about the replica itself. */
export interface Receiver {
  /** Yields why no correct sender can have sent this, or undefined. */
  onMessage(message: Message): string | undefined;
  status(): StatusReport;
  /** With whom the replica began: null if it has not begun yet; none if that was in an earlier start. */
  readonly founders: readonly string[] | null;
  /** Another replica called, and named its start. What an earlier one sent is not read any more. */
  onMet(from: number, boot: string): void;
  /** Another replica answered with its start, and with whom it began, if it has. */
  onHeard(from: number, boot: string, founders: readonly string[] | null): void;
}

/** What a transport tells whoever watches it. Nothing here calls for an answer. */
export interface Witness {
  /** A connection was made or lost: to a replica, if there is a number. */
  onConnection(state: 'connected' | 'lost', to: number | undefined, reason: string): void;
  /** What came was refused: bytes that are no frame, a message that nobody can have sent, a stranger. */
  onRefused(from: string, reason: string): void;
  /** There was no room, or no connection, for a message. */
  onUnsent(to: number | 'client', reason: string): void;
}
