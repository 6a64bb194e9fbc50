import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Address } from '../cluster/address.ts';
import { formatAddress } from '../cluster/address.ts';
import { listenAt } from '../cluster/listenAt.ts';
import { listen } from './channels.ts';
import { metricListeners } from './metrics.ts';
import { PrometheusRegistry } from './prometheus.ts';

/** An HTTP server for those who monitor a server. */
export interface MetricsEndpoint {
  /** Where it listens, with the actual port. */
  readonly address: Address;
  /** Stops serving. */
  close(): Promise<void>;
}

/**
 * Serves over HTTP at this address only. `/metrics` has the metrics of all events from now on, for Prometheus. `/healthz`
 * has the replica's `status`, with code 200 if it is `normal` and 503 otherwise. Port 0 stands for any free port. Rejects
 * with a SetupError if it cannot listen.
 */
export async function openMetricsEndpoint(address: Address, status: () => string): Promise<MetricsEndpoint> {
  const registry = new PrometheusRegistry();
  const server = createServer((request, response) => answer(registry, status(), request, response));
  const bound = await listenAt(
    server,
    address,
    ({ message }) =>
      `Metrics cannot be served on ${formatAddress(address)}: ${message}. Give another address.`,
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
