import { existsSync } from 'node:fs';
import { parseAddress } from '../node/cluster/address.ts';
import { type Cluster, clusterOf } from '../node/cluster/cluster.ts';
import { readCluster } from '../node/cluster/clusterFile.ts';
import { UsageError } from '../terminal/arguments.ts';

/** Where a cluster is described if nobody says where. */
const usualFile = 'server-config.yaml';

/** The options by which a command is told about a cluster. */
export const clusterOptions = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: `what the cluster is, in YAML (default: ${usualFile})`,
  },
  members: {
    type: 'string',
    short: 'm',
    value: 'HOST:PORT,…',
    help: 'all replicas in their order, in place of a file',
  },
} as const;

/** The cluster that a command line describes, as this member of it, or `client`, sees it. */
export function clusterFromOptions(
  { config, members }: { readonly config: string | undefined; readonly members: string | undefined },
  who: string,
): Cluster {
  if (members === undefined) {
    if (config === undefined && !existsSync(usualFile))
      throw new UsageError(
        `There is no ${usualFile} here. Say which cluster: --config FILE or --members HOST:PORT,…`,
      );
    return readCluster(config ?? usualFile, who);
  }
  if (config !== undefined)
    throw new UsageError('--config and --members both describe a cluster. Give one of them.');
  const addresses = members.split(',').map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw new UsageError(`--members names '${text}', which is no HOST:PORT.`);
    return address;
  });
  if (addresses.length > 31)
    throw new UsageError(`--members names ${addresses.length} replicas, and 31 are the most.`);
  return clusterOf(addresses);
}
