import { createPrivateKey, X509Certificate } from 'node:crypto';

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

/** What is wrong with the texts, in part of a sentence. Undefined also for a certificate that other members do not accept. */
export function credentialsProblem({ ca, cert, key }: TlsCredentials): string | undefined {
  if (attempted(() => new X509Certificate(ca)) === undefined) return 'ca holds no certificate';
  const certificate = attempted(() => new X509Certificate(cert));
  if (certificate === undefined) return 'certificate holds no certificate';
  const privateKey = attempted(() => createPrivateKey(key));
  if (privateKey === undefined) return 'key holds no private key without a password';
  return certificate.checkPrivateKey(privateKey) ? undefined : 'key is not that of certificate';
}

function attempted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The common name in a replica's certificate. */
export function replicaCommonName(number: number): string {
  return `replica-${number}`;
}

/** Whether a common name is that of a replica. */
export function isReplicaName(name: string): boolean {
  return /^replica-\d+$/.test(name);
}

/** Whether this common name is one of the sender of a `hello`: its own if it is a replica. A client may have any but that of a replica. */
export function isCertifiedAs(certifiedName: string, from: number | null): boolean {
  return from === null ? !isReplicaName(certifiedName) : certifiedName === replicaCommonName(from);
}

/** The name of a client, of which `unique` is a part that no other client has. With TLS it begins with the client's own prefix. */
export function clientName(tls: TlsCredentials | undefined, unique: string): string {
  return tls === undefined ? unique : `${identityPrefix(ownCommonName(tls))}${unique}`;
}

/** The common name in this member's own certificate, empty if it has none or several. */
function ownCommonName({ cert }: TlsCredentials): string {
  const { CN: name }: { readonly CN?: unknown } = new X509Certificate(cert).toLegacyObject().subject ?? {};
  return typeof name === 'string' ? name : '';
}

/**
 * What the identity of a client with this common name begins with. It tells whose a session is in the client-table, at every
 * replica.
 */
export function identityPrefix(name: string): string {
  return `${encodeURIComponent(name).slice(0, mostPrefixChars)}:`;
}

/** Identities have at most 256 characters. */
const mostPrefixChars = 128;
