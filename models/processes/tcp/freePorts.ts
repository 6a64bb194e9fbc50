import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Among these ports, no system chooses that of an outgoing connection by itself. A server that is dialled before it listens could
 * else find its port taken, by another dialler or by one that was connected with itself.
 */
const lowest = 10_000;
const above = 32_768;

/** Finds this many distinct ports of this machine that no process listens on. Another process may take one before its use. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, above);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
