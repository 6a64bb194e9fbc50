import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { RefusedBecause } from '../cluster/access.ts';

/** Sends a replica's messages. Messages may be lost: the protocol repeats those that matter. */
export interface Transport {
  /** To another replica. */
  send(to: number, message: Message): void;
  /** To the client that the message names, if it is connected. */
  reply(message: ClientMessage): void;
  /** Closes all connections, after sending what is queued. */
  close(): Promise<void>;
}

/** Observes a transport. */
export interface TransportObserver {
  /** A connection was made or lost. `to`: the number of the replica at its other end, if it is known. */
  onConnection(state: 'connected' | 'lost', to: number | undefined, reason: string): void;
  /** Input was rejected: bytes that are no frame, a message that no correct sender sends, or an unknown peer. */
  onRejected(from: string, reason: string): void;
  /** A request was not taken, for the name of its client. */
  onRefused(client: string, because: RefusedBecause, reason: string): void;
  /** A message was not sent, because there is no connection or its queue is full. */
  onUnsent(to: number | 'client', reason: string): void;
  /** Another replica was admitted, and has these other values of settings that may differ, in part of a sentence. */
  onOtherSettings(from: number, differences: string): void;
}
