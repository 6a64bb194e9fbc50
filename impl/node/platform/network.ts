import type { Address } from '../cluster/address.ts';
import type { TlsCredentials } from '../cluster/tlsCredentials.ts';

/** Handles the events of a stream of bytes. */
export interface StreamEvents {
  /** The system of the other end has answered; a TLS handshake may follow. Only at the end that connected. */
  onReached?(): void;
  /** The connection is made, its TLS handshake included. Only at the end that connected. */
  onConnected?(): void;
  onData(chunk: Buffer): void;
  /** All that was written has been taken, after `write` yielded false. */
  onDrain(): void;
  /** The connection fails. `onClosed` follows. */
  onError(error: Error): void;
  /** The connection is closed, in both directions. Called once. */
  onClosed(): void;
}

/** One end of a connection. */
export interface ByteStream {
  /** The host and port of the other end, for log lines. */
  readonly remote: string;
  /** The common name in the certificate of the other end, empty if it has none or several; undefined without TLS. */
  readonly certifiedName: string | undefined;
  /** Whether it can be written to: not once it is ended or closed. What is written before it is connected waits. */
  readonly isWritable: boolean;
  /** Whether this end has ended it, or it is closed. */
  readonly isOver: boolean;
  /** Bytes written that the operating system has not taken. */
  readonly backlog: number;
  /** Says once who handles its events. Without that none is read. */
  handle(events: StreamEvents): void;
  /** Yields false if the bytes had to wait: `onDrain` is called once they have left. */
  write(bytes: Buffer): boolean;
  /** Reads nothing until `resume` is called, so that the other end has to wait. */
  pause(): void;
  resume(): void;
  /** Closes it once everything written has left and the other end has closed it too, or once none of it has left for so many milliseconds. */
  end(idle: number): void;
  /** Closes it at once. */
  destroy(): void;
}

/** How a port is listened at, and who handles what happens there. */
export interface ListenOptions {
  /** With TLS, both ends show a certificate. */
  readonly tls: TlsCredentials | undefined;
  /** With TLS: how many connections may be open here. One more takes the place of the oldest whose handshake is not complete. */
  readonly mostConnections: () => number;
  /** Milliseconds that a TLS handshake may take. */
  readonly handshakeTimeout: number;
  /** A peer has connected. */
  onConnection(stream: ByteStream): void;
  /** A peer failed the TLS handshake. */
  onTlsFailure(remote: string, reason: string): void;
}

/** An address at which this machine listens. */
export interface ListeningPort {
  /** With the actual port. */
  readonly address: Address;
  /** Uses these credentials for new connections. Throws an Error if they do not fit. */
  renew(tls: TlsCredentials): void;
  /** Takes no more connections. Settles once those that were made here are closed. */
  close(): Promise<void>;
}

/** How a connection is made with TLS. */
export interface SecureConnect extends TlsCredentials {
  /** The common name that the certificate of the other end must have. */
  readonly expectedName: string;
}

/** A network as a machine sees it. */
export interface Network {
  /** Connects to an address. The stream tells what comes of it. */
  connect(to: Address, tls: SecureConnect | undefined): ByteStream;
  /** Listens at an address; port 0 stands for any free port. Rejects with an Error, which has a `code`, if that is not possible. */
  listen(at: Address, options: ListenOptions): Promise<ListeningPort>;
  /**
   * The most descriptors, of connections and files, that the process may hold, divided by the number of ports at which it listens.
   * Infinity: there is no limit.
   */
  descriptors(): number;
  /** Throws an Error that says why if the credentials do not fit. */
  checkCredentials(tls: TlsCredentials): void;
}
