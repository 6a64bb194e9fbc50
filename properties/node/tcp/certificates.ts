import { type GenerateResult, generate } from 'selfsigned';
import type { TlsCredentials } from '../../../impl/node/cluster/tlsCredentials.ts';

/** An authority that signs certificates. */
export type Authority = Pick<GenerateResult, 'cert' | 'private'>;

/** A new authority. */
export function authority(): Promise<Authority> {
  const extensions = [
    { name: 'basicConstraints' as const, cA: true },
    { name: 'keyUsage' as const, keyCertSign: true, digitalSignature: true },
  ];
  return generate([{ name: 'commonName', value: 'authority' }], { keySize: 2048, extensions });
}

/** Credentials with this common name, or with several. */
export async function credentialsOf(
  names: string | readonly string[],
  by: Authority,
): Promise<TlsCredentials> {
  const ca = { key: by.private, cert: by.cert };
  const attributes = [names].flat().map((value) => ({ name: 'commonName' as const, value }));
  const { cert, private: key } = await generate(attributes, { keySize: 2048, ca });
  return { ca: by.cert, cert, key };
}
