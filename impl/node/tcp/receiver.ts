import type { PeerStart } from '../storage/starts.ts';
import type { Acquaintance, Denial, Introduction } from './admission.ts';
import type { ClientReceiver } from './clientConnections.ts';
import type { StatusReport } from './handshake.ts';

/** Receives a transport's messages, and answers questions about the replica. */
export interface Receiver extends ClientReceiver {
  /** What the replica says of itself. */
  readonly introduction: Introduction;
  /** What the replica knows of another one. */
  acquaintanceWith(from: number): Omit<Acquaintance, 'cluster' | 'isAlive' | 'isNewcomer'>;
  /** Notes durably the latest start of another replica. Nothing that it says is read before. */
  notePeer(from: number, latest: PeerStart): Promise<void>;
  /** Another replica tells its status, as an earlier version may not. */
  onPeerStatus(from: number, status: StatusReport['status'] | undefined): void;
  /** This replica has admitted another one, which has connected. */
  onAdmitted(): void;
  /** Another replica has admitted this one. */
  onWelcome(from: number): void;
  /** Another replica does not admit this one. */
  onDenied(from: number, denial: Denial, reason: string): void;
}
