import { randomUUID } from 'node:crypto';
import type { Service } from '../../service/service.ts';
import { type Cluster, configurationOf, groupOf } from '../cluster/cluster.ts';
import { FramedConnection } from '../tcp/framedConnection.ts';
import { answerSchema, type StatusReport } from '../tcp/handshake.ts';
import { OutboundConnection } from '../tcp/outboundConnection.ts';

/** What is known of a replica: how it says that it is, or why it does not. */
export type ReplicaReport = StatusReport | { readonly type: 'silent'; readonly reason: string };

/** Asks all replicas of a cluster how they are, and waits for so many milliseconds at most. By number. */
export async function clusterStatus(
  cluster: Cluster,
  service: Service,
  timeout: number,
): Promise<readonly ReplicaReport[]> {
  const group = groupOf(configurationOf(cluster, service));
  return Promise.all(cluster.addresses.map((_, number) => ask(cluster, group, number, timeout)));
}

function ask(cluster: Cluster, group: string, number: number, timeout: number): Promise<ReplicaReport> {
  const { addresses, codec, connectionLimits: bounds, tls: secrets, tick: patience } = cluster;
  const address = addresses[number];
  if (address === undefined) throw new RangeError(`There is no address for replica ${number}.`);
  const hello = { type: 'hello', group, from: null, mode: null, boot: randomUUID() } as const;
  return new Promise((resolve) => {
    const finish = (finding: ReplicaReport): void => {
      clearTimeout(timer);
      dialler.close();
      resolve(finding);
    };
    const silent = (reason: string): void => finish({ type: 'silent', reason });
    const timer = setTimeout(() => silent(`no answer in ${timeout} ms`), timeout);
    const dialler: OutboundConnection = new OutboundConnection(
      { address, replicaNumber: number, hello, codec, limits: bounds, tls: secrets, retryDelay: patience },
      {
        onConnected: () => dialler.sendFrame(FramedConnection.frameOf(codec, { type: 'status' }, bounds)),
        onMessage: (message) => {
          const parsed = answerSchema.safeParse(message);
          if (!parsed.success) return silent('its answer makes no sense');
          if (parsed.data.type === 'status') finish(parsed.data);
          if (parsed.data.type === 'goodbye') silent(parsed.data.reason);
        },
        onLost: silent,
      },
    );
  });
}
