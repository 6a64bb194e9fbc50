import type { Json, KeyValueOperation } from '../../../impl/index.ts';
import {
  ClosedError,
  type Cluster,
  ClusterClient,
  EvictedError,
  RefusedError,
  TimeoutError,
} from '../../../impl/node/index.ts';
import type { Access } from '../environment.ts';
import { NodeFailure } from '../message.ts';
import { type Completion, completionOf, type Operation, unanswered } from '../workload.ts';

/** Whom answers are from: nobody knows which of the servers it was. */
const answerer = 'the cluster';

/** Clients that use the library, and so ask whichever server is of use. */
export class ClusterClients implements Access {
  private readonly clients: (ClusterClient | undefined)[] = [];
  private readonly cluster: Cluster;
  private readonly timeout: number;
  private readonly failed: (failure: Error) => void;

  /** `timeout` in milliseconds. */
  constructor(cluster: Cluster, timeout: number, failed: (failure: Error) => void) {
    this.cluster = cluster;
    this.timeout = timeout;
    this.failed = failed;
  }

  nodeOf(): undefined {
    return undefined;
  }

  ask(client: number, operation: Operation, complete: (completion: Completion) => void): () => void {
    let isAwaited = true;
    const finish = (completion: Completion): void => {
      if (completion.type === 'info') this.replace(client);
      if (isAwaited) complete(completion);
    };
    this.have(client, operation).then(finish, (error: unknown) => {
      if (isAwaited) this.failed(error instanceof Error ? error : new Error(String(error)));
    });
    return () => {
      isAwaited = false;
    };
  }

  close(): void {
    for (const client of this.clients) client?.close();
  }

  private async have(client: number, operation: Operation): Promise<Completion> {
    try {
      const result = await this.at(client).request(commandOf(operation), this.timeout);
      return completionOf(operation, answerer, bodyOf(operation, result));
    } catch (error) {
      if (error instanceof RefusedError)
        return { ...unanswered(operation, true), error: ['refused', error.message] };
      if (error instanceof TimeoutError) return { ...unanswered(operation, false), error: 'net-timeout' };
      if (error instanceof EvictedError) return { ...unanswered(operation, false), error: 'evicted' };
      if (error instanceof ClosedError) return { ...unanswered(operation, false), error: 'closed' };
      throw error;
    }
  }

  /** As Jepsen has it, whoever does not know what became of its operation is gone for good, and another takes its place. */
  private replace(client: number): void {
    this.clients[client]?.close();
    this.clients[client] = undefined;
  }

  private at(client: number): ClusterClient {
    const known = this.clients[client] ?? new ClusterClient(this.cluster, { timeout: this.timeout });
    this.clients[client] = known;
    return known;
  }
}

/** An operation of lin-kv as one of the key-value store. */
function commandOf({ f, request }: Operation): Json {
  const { key = null, value = null, from = null, to = null } = request;
  const name = String(key);
  const commands: Readonly<Record<string, KeyValueOperation>> = {
    read: { type: 'get', key: name },
    write: { type: 'set', key: name, value },
    cas: { type: 'compare-and-set', key: name, expected: from, value: to },
  };
  const command = commands[f];
  if (command === undefined) throw new Error(`The key-value store has no ${f}.`);
  return command;
}

/** A result of the key-value store as lin-kv says it. */
function bodyOf({ f }: Operation, result: Json): Json {
  if (f === 'read') return { type: 'read_ok', value: result };
  if (f === 'cas' && typeof result !== 'boolean')
    throw new NodeFailure(`A compare-and-set yielded ${JSON.stringify(result)}.`);
  return f === 'cas' && result === false
    ? { type: 'error', code: 22, text: 'it is another value' }
    : { type: `${f}_ok` };
}
