import type { Cluster } from '../node/cluster/cluster.ts';
import { readCluster } from '../node/cluster/clusterFile.ts';

/** Milliseconds from one look at the files to the next. */
const interval = 1_000;

/** Is told of the files of a cluster. */
export interface WatchedClusterEvents {
  /** The credentials or the rules about clients have changed. If it throws, they are tried again. */
  onChange(cluster: Cluster): void;
  /** The files are not usable as they are now. */
  onProblem(reason: string): void;
}

/**
 * Reads the file of a cluster, and those that it names, again and again, and tells when the credentials or the rules about clients
 * differ. Files may be replaced in any way and order: what does not fit together yet is a problem until it does. Yields a
 * function that ends it.
 */
export function watchCluster(
  file: string,
  who: string,
  present: Cluster,
  events: WatchedClusterEvents,
): () => void {
  let seen = textOf(present);
  let problem = '';
  const look = (): void => {
    try {
      const cluster = readCluster(file, who);
      const text = textOf(cluster);
      if (text === seen) {
        problem = '';
        return;
      }
      events.onChange(cluster);
      seen = text;
      problem = '';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== problem) events.onProblem(reason);
      problem = reason;
    }
  };
  const timer = setInterval(look, interval);
  timer.unref();
  return () => clearInterval(timer);
}

function textOf({ tls, access }: Cluster): string {
  return JSON.stringify([tls, access]);
}
