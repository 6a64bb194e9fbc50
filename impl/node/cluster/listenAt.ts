import type { Server } from 'node:net';
import type { Address } from './address.ts';
import { SetupError } from './setupError.ts';

/**
 * Has the server listen there. Port 0 stands for any that is free. Yields where it listens; rejects with a SetupError, in
 * these words, if it cannot.
 */
export async function listenAt(
  server: Server,
  { host, port }: Address,
  words: (error: NodeJS.ErrnoException) => string,
): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    // It stays: of a later error, such as too many open files, only the connection suffers that could not be taken.
    server.on('error', (error) => reject(new SetupError(words(error))));
    server.listen({ host, port }, resolve);
  });
  const bound = server.address();
  return { host, port: bound !== null && typeof bound === 'object' ? bound.port : port };
}
