/**
 * What mutual TLS needs, as PEM text: who is to be heard has a certificate that `ca` has signed, and shows the same
 * trust. Replica number i has the common name `replica-i`; no client has such a name.
 */
export interface TlsCredentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The common name in the certificate of a replica. */
export function replicaCommonName(number: number): string {
  return `replica-${number}`;
}
