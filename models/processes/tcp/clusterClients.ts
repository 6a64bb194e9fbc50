import type { Json, KeyValueOperation } from '../../../impl/index.ts';
import {
  type Cluster,
  ClusterClient,
  MaybeExecutedError,
  RequestError,
  SetupError,
} from '../../../impl/node/index.ts';
import { NodeFailure } from '../nodes/nodeMessage.ts';
import type { Access } from '../test/environment.ts';
import { type Completion, completionOf, unanswered, type WorkloadOperation } from '../workload/workload.ts';

/** The sender that errors name: the client library does not tell which server answered. */
const answerer = 'the cluster';

/** Clients of a cluster of servers, each a `ClusterClient`, which finds the primary itself. */
export class ClusterClients implements Access {
  private readonly clients: (ClusterClient | undefined)[] = [];
  private readonly cluster: Cluster;
  private readonly timeout: number;
  private readonly failed: (failure: Error) => void;

  /** `timeout`: how long a client waits for an answer, in milliseconds. */
  constructor(cluster: Cluster, timeout: number, failed: (failure: Error) => void) {
    this.cluster = cluster;
    this.timeout = timeout;
    this.failed = failed;
  }

  nodeOf(): undefined {
    return undefined;
  }

  ask(client: number, operation: WorkloadOperation, complete: (completion: Completion) => void): () => void {
    let isAwaited = true;
    const finish = (completion: Completion): void => {
      if (completion.type === 'info') this.replace(client);
      if (isAwaited) complete(completion);
    };
    this.request(client, operation).then(finish, (error: unknown) => {
      if (isAwaited) this.failed(error instanceof Error ? error : new Error(String(error)));
    });
    return () => {
      isAwaited = false;
    };
  }

  close(): void {
    for (const client of this.clients) client?.close();
  }

  private async request(client: number, operation: WorkloadOperation): Promise<Completion> {
    try {
      const result = await this.at(client).request(commandOf(operation));
      return completionOf(operation, answerer, bodyOf(operation, result));
    } catch (error) {
      if (!(error instanceof RequestError) || error.cause instanceof SetupError) throw error;
      const isUnknown = error instanceof MaybeExecutedError;
      return { ...unanswered(operation, !isUnknown), error: [error.name, error.message] };
    }
  }

  /** As in Jepsen, a client whose operation has an unknown outcome is closed, and a new one takes its place. */
  private replace(client: number): void {
    this.clients[client]?.close();
    this.clients[client] = undefined;
  }

  private at(client: number): ClusterClient {
    const open = this.clients[client] ?? new ClusterClient(this.cluster, { deadline: this.timeout });
    this.clients[client] = open;
    return open;
  }
}

/** Translates an operation of lin-kv into one of the key-value service. */
function commandOf({ f, request }: WorkloadOperation): Json {
  const { key = null, value = null, from = null, to = null } = request;
  const name = String(key);
  const commands: Readonly<Record<string, KeyValueOperation>> = {
    read: { type: 'get', key: name },
    write: { type: 'set', key: name, value },
    cas: { type: 'compare-and-set', key: name, expected: from, value: to },
  };
  const command = commands[f];
  if (command === undefined) throw new Error(`The key-value service has no operation ${f}.`);
  return command;
}

/** Translates a result of the key-value service into the body of a lin-kv answer. */
function bodyOf({ f }: WorkloadOperation, result: Json): Json {
  if (f === 'read') return { type: 'read_ok', value: result };
  if (f === 'cas' && typeof result !== 'boolean')
    throw new NodeFailure(`${answerer} answered a compare-and-set with ${JSON.stringify(result)}.`);
  return f === 'cas' && result === false
    ? { type: 'error', code: 22, text: 'it is another value' }
    : { type: `${f}_ok` };
}
