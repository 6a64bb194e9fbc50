// Adds one to the counter of README.md, and prints the sum.
import { ClusterClient, readCluster } from 'viewstamped/node';
import service from './counter.js';

const client = new ClusterClient(readCluster('cluster.yaml', 'client'), { service, deadline: 60_000 });
console.log(await client.request(1));
client.close();
