import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { type Access, hasRole, lacks } from '../cluster/access.ts';
import type { Address } from '../cluster/address.ts';
import { formatAddress } from '../cluster/address.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { SetupError } from '../cluster/setupError.ts';
import { listenAt } from '../platform/listenAt.ts';
import { listen } from './channels.ts';
import { metricListeners } from './metrics.ts';
import { PrometheusRegistry } from './prometheus.ts';

/** An HTTP server for those who monitor a server. */
export interface MetricsEndpoint {
  /** Where it listens, with the actual port. */
  readonly address: Address;
  /** Uses these credentials and rules from now on. Throws an Error if the credentials do not fit. */
  reload(cluster: Pick<Cluster, 'tls' | 'access'>): void;
  /** Stops serving. */
  close(): Promise<void>;
}

/** So many connections may be open at a time: each takes a descriptor that the replica might need. */
const mostReaders = 16;

/**
 * Serves over HTTP at this address only. `/metrics` has the metrics of all events from now on, for Prometheus. `/healthz`
 * has the replica's `status`, with code 200 if it is `normal` and 503 otherwise. Port 0 stands for any free port. Rejects
 * with a SetupError if it cannot listen.
 *
 * If the cluster gives the role `metrics` to any names, it serves over HTTPS, and `/metrics` only to certificates of those names.
 */
export async function openMetricsEndpoint(
  address: Address,
  status: () => string,
  { tls, access = {} }: Partial<Pick<Cluster, 'tls' | 'access'>> = {},
): Promise<MetricsEndpoint> {
  const registry = new PrometheusRegistry();
  let rules = access;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const problem = isMetrics(request) ? accessProblem(request, rules) : undefined;
    if (problem === undefined) answer(registry, status(), request, response);
    else response.writeHead(403, { 'content-type': 'text/plain' }).end(`${problem}\n`);
  };
  const isSecure = tls !== undefined && access.roles?.metrics !== undefined;
  const server = isSecure
    ? createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: false }, onRequest)
    : createServer(onRequest);
  server.maxConnections = mostReaders;
  const bound = await listenAt(server, address).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new SetupError(
      `Metrics cannot be served on ${formatAddress(address)}: ${message}. Give another address.`,
    );
  });
  const feed = metricListeners((...what) => registry.add(...what));
  const ends = [listen(feed), listen(registry.gauges.listeners)];
  return {
    address: bound,
    reload: (cluster) => {
      if (server instanceof SecureServer && cluster.tls !== undefined) server.setSecureContext(cluster.tls);
      rules = cluster.access;
    },
    close: () => {
      for (const end of ends) end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function isMetrics({ url = '' }: IncomingMessage): boolean {
  return url.split('?')[0] === '/metrics';
}

/** Why the metrics are not for this client, or undefined if they are. Without TLS clients have no names. */
function accessProblem({ socket }: IncomingMessage, access: Access): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!socket.authorized) return 'The metrics are for certificates of the authority of this cluster.';
  const name: unknown = socket.getPeerCertificate().subject.CN;
  const own = typeof name === 'string' ? name : '';
  return hasRole(access, own, 'metrics')
    ? undefined
    : `The metrics are not served: ${lacks(own, 'metrics')}.`;
}

function answer(
  registry: PrometheusRegistry,
  status: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url = '' } = request;
  const [path] = url.split('?');
  if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
  else if (isMetrics(request))
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(registry.text());
  else if (path === '/healthz')
    response.writeHead(status === 'normal' ? 200 : 503, { 'content-type': 'text/plain' }).end(`${status}\n`);
  else response.writeHead(404, { 'content-type': 'text/plain' }).end('There are /metrics and /healthz.\n');
}
