import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Address } from '../cluster/address.ts';
import { formatAddress } from '../cluster/address.ts';
import { listenAt } from '../cluster/listenAt.ts';
import { listen } from './channels.ts';
import { metricListeners } from './metrics.ts';
import { PrometheusRegistry } from './prometheus.ts';

/** What answers those who watch over a server. */
export interface MetricsEndpoint {
  readonly address: Address;
  /** Answers nobody any more. */
  close(): Promise<void>;
}

/**
 * Serves over HTTP, there and nowhere else: `/metrics` for Prometheus, of all that is told from now on, and `/healthz`, which
 * says in `status` how the replica is, with code 200 if that is `normal` and 503 if not. Port 0: any that is free. Throws a
 * SetupError if it cannot listen there.
 */
export async function openMetricsEndpoint(address: Address, status: () => string): Promise<MetricsEndpoint> {
  const registry = new PrometheusRegistry();
  const server = createServer((request, response) => answer(registry, status(), request, response));
  const bound = await listenAt(
    server,
    address,
    ({ message }) => `Metrics cannot be served on ${formatAddress(address)}: ${message}. Give another.`,
  );
  const feed = metricListeners((...what) => registry.add(...what));
  const ends = [listen(feed), listen(registry.gauges.listeners)];
  return {
    address: bound,
    close: () => {
      for (const end of ends) end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function answer(
  registry: PrometheusRegistry,
  status: string,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  const [path] = url.split('?');
  if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
  else if (path === '/metrics')
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(registry.text());
  else if (path === '/healthz')
    response.writeHead(status === 'normal' ? 200 : 503, { 'content-type': 'text/plain' }).end(`${status}\n`);
  else response.writeHead(404, { 'content-type': 'text/plain' }).end('There are /metrics and /healthz.\n');
}
