import type { Server } from 'node:net';
import type { Address } from '../cluster/address.ts';

/** So many connections may wait to be accepted, if the system allows it: after a restart all clients come at once, and the other servers too. */
const mostUnaccepted = 4_096;

/**
 * Has the server listen at the address; port 0 stands for any free port. Yields the address with its actual port. Rejects
 * with the error of the operating system if it cannot listen.
 */
export async function listenAt(server: Server, { host, port }: Address): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    // The handler stays: a later error, such as too many open files, affects only the connection being accepted.
    server.on('error', reject);
    server.listen({ host, port, backlog: mostUnaccepted }, resolve);
  });
  const bound = server.address();
  return { host, port: bound !== null && typeof bound === 'object' ? bound.port : port };
}
