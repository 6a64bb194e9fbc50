import { keyValueService } from '../../../impl/index.ts';
import { type Cluster, inquire } from '../../../impl/node/index.ts';

/** Which servers of a cluster say within so many milliseconds that they are normal, by number. */
export async function normalOnes(cluster: Cluster, timeout: number): Promise<readonly boolean[]> {
  const findings = await inquire(cluster, keyValueService, timeout);
  return findings.map((finding) => finding.type === 'status' && finding.status === 'normal');
}
