import { existsSync } from 'node:fs';
import { membersProblem, memberTextProblem, parseAddress } from '../node/cluster/address.ts';
import { type Cluster, clusterOf } from '../node/cluster/cluster.ts';
import { readCluster } from '../node/cluster/clusterFile.ts';
import { maxReplicas } from '../replica/data/configuration.ts';
import { UsageError } from '../terminal/arguments.ts';

/** The file that describes the cluster by default. */
const defaultFile = 'server-config.yaml';

/** The options that describe a cluster. */
export const clusterOptions = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: `the cluster's description, in YAML (default: ${defaultFile})`,
  },
  members: {
    type: 'string',
    short: 'm',
    value: 'HOST:PORT,…',
    help: 'the addresses of all replicas, in place of a file',
  },
} as const;

/** The file that the options name; undefined if they name the addresses. */
export function clusterFileIn({
  config = defaultFile,
  members,
}: {
  readonly config: string | undefined;
  readonly members: string | undefined;
}): string | undefined {
  return members === undefined ? config : undefined;
}

/** The cluster that the options describe. `who`: this member of it, or `client`. */
export function clusterFromOptions(
  { config, members }: { readonly config: string | undefined; readonly members: string | undefined },
  who: string,
): Cluster {
  if (members === undefined) {
    if (config === undefined && !existsSync(defaultFile))
      throw new UsageError(
        `There is no ${defaultFile} here. Describe the cluster: --config FILE or --members HOST:PORT,…`,
      );
    return readCluster(config ?? defaultFile, who);
  }
  if (config !== undefined)
    throw new UsageError('--config and --members both describe a cluster. Give one of them.');
  const addresses = members.split(',').map((text) => {
    const problem = memberTextProblem(text);
    const address = parseAddress(text);
    if (problem !== undefined || address === undefined)
      throw new UsageError(`--members: ${problem ?? 'write HOST:PORT,…'}.`);
    return address;
  });
  if (addresses.length > maxReplicas)
    throw new UsageError(`--members names ${addresses.length} replicas, and the limit is ${maxReplicas}.`);
  const problem = membersProblem(addresses);
  if (problem !== undefined) throw new UsageError(`--members: ${problem}.`);
  return clusterOf(addresses);
}
