import { keyValueService } from '../../../impl/index.ts';
import { type Cluster, clusterStatus } from '../../../impl/node/index.ts';

/** For each server of a cluster, whether it reports status normal within this many milliseconds. */
export async function normalServers(cluster: Cluster, timeout: number): Promise<readonly boolean[]> {
  const answers = await clusterStatus(cluster, keyValueService, timeout);
  return answers.map((answer) => answer.type === 'status' && answer.status === 'normal');
}
