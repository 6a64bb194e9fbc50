import type { Server } from 'node:net';
import type { Address } from './address.ts';
import { SetupError } from './setupError.ts';

/**
 * Has the server listen at the address; port 0 stands for any free port. Yields the address with its actual port. Rejects
 * with a SetupError that `describe` words if it cannot listen.
 */
export async function listenAt(
  server: Server,
  { host, port }: Address,
  describe: (error: NodeJS.ErrnoException) => string,
): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    // The handler stays: a later error, such as too many open files, affects only the connection being accepted.
    server.on('error', (error) => reject(new SetupError(describe(error))));
    server.listen({ host, port }, resolve);
  });
  const bound = server.address();
  return { host, port: bound !== null && typeof bound === 'object' ? bound.port : port };
}
