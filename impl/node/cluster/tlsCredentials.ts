/**
 * PEM texts for mutual TLS: both ends show a certificate that `ca` has signed. The certificate of replica i has the common
 * name `replica-i`; no client has such a name.
 */
export interface TlsCredentials {
  /** The certificate of the authority. */
  readonly ca: string;
  /** The certificate of this member. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** The common name in a replica's certificate. */
export function replicaCommonName(number: number): string {
  return `replica-${number}`;
}
