import type { Service } from '../../service/service.ts';
import { type Cluster, configurationOf } from '../cluster/cluster.ts';
import { groupOf, settingsOf } from '../cluster/settings.ts';
import { clientName } from '../cluster/tlsCredentials.ts';
import { nodePlatform, type Platform } from '../platform/platform.ts';
import { FramedConnection } from '../tcp/framedConnection.ts';
import { answerSchema, type Hello, type StatusReport } from '../tcp/handshake.ts';
import { OutboundConnection } from '../tcp/outboundConnection.ts';
import { deadlineProblem } from './pendingRequest.ts';

/** The status that a replica reports, or why it reports none. */
export type ReplicaReport = StatusReport | SilentReplica;

/** A replica that has reported no status. */
export interface SilentReplica {
  /** Tells it from a report. */
  readonly type: 'silent';
  /** Why, in part of a sentence. */
  readonly reason: string;
  /** The number of the replica that answers at its address, if that is another one. */
  readonly answeredBy?: number;
}

/**
 * Asks all replicas of a cluster for their status, for at most `timeout` milliseconds. Ordered by replica number. Rejects with a RangeError
 * for a `timeout` that is no number of milliseconds.
 */
export async function clusterStatus(
  cluster: Cluster,
  service: Service,
  timeout: number,
): Promise<readonly ReplicaReport[]>;
/** @internal In another world than that of this process. */
export async function clusterStatus(
  cluster: Cluster,
  service: Service,
  timeout: number,
  platform: Platform,
): Promise<readonly ReplicaReport[]>;
export async function clusterStatus(
  cluster: Cluster,
  service: Service,
  timeout: number,
  platform: Platform = nodePlatform,
): Promise<readonly ReplicaReport[]> {
  const problem = deadlineProblem(timeout, 'timeout');
  if (problem !== undefined) throw problem;
  const configuration = configurationOf(cluster, service);
  const group = { group: groupOf(configuration), settings: settingsOf(configuration) };
  return Promise.all(cluster.addresses.map((_, number) => ask(cluster, group, number, timeout, platform)));
}

function ask(
  cluster: Cluster,
  group: Pick<Hello, 'group' | 'settings'>,
  number: number,
  timeout: number,
  platform: Platform,
): Promise<ReplicaReport> {
  const { addresses, codec, connectionLimits: limits, tls, tick } = cluster;
  const address = addresses[number];
  if (address === undefined) throw new RangeError(`There is no address for replica ${number}.`);
  const client = {
    from: null,
    mode: null,
    boot: clientName(tls, platform.random.uuid()),
    introduction: null,
    asks: 'status',
  } as const;
  const hello = { type: 'hello', ...group, ...client } as const;
  return new Promise((resolve) => {
    const finish = (report: ReplicaReport): void => {
      stopTimer();
      connection.close();
      resolve(report);
    };
    const silent = (reason: string): void => finish({ type: 'silent', reason });
    const stopTimer = platform.clock.after(timeout, () => silent(`no answer in ${timeout} ms`));
    const connection: OutboundConnection = new OutboundConnection(
      { address, replicaNumber: number, hello: () => hello, codec, limits, tls, tick, platform },
      {
        onConnected: () => connection.sendFrame(FramedConnection.frameOf(codec, { type: 'status' }, limits)),
        onMessage: (message) => {
          const parsed = answerSchema.safeParse(message);
          if (!parsed.success) return silent('its answer is malformed');
          if (parsed.data.type === 'status') finish(parsed.data);
          if (parsed.data.type === 'goodbye') silent(parsed.data.reason);
          if (parsed.data.type === 'welcome' && parsed.data.replicaNumber !== number)
            finish({
              ...{ type: 'silent', reason: `replica ${parsed.data.replicaNumber} answers at its address` },
              answeredBy: parsed.data.replicaNumber,
            });
        },
        onLost: silent,
      },
    );
  });
}
