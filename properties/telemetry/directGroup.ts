import {
  type ClientMessage,
  type Configuration,
  configure,
  type Json,
  keyValueService,
  type Limits,
  type Service,
  type StorageMode,
} from '../../impl/index.ts';
import { ReplicaDriver } from '../../impl/node/driver/replicaDriver.ts';
import { LocalNetwork } from '../../impl/node/localNetwork.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { until } from '../node/servedGroup.ts';

/** How a group differs from three durable replicas of the key-value store. */
export interface Manner extends Limits {
  readonly size?: number;
  readonly mode?: StorageMode;
  readonly service?: Service;
  readonly findings?: readonly string[];
}

/** Replicas in one process whose clients say exactly what they want to, to whom they want, once. */
export class Direct {
  readonly configuration: Configuration;
  readonly hosts: readonly ReplicaDriver[];
  private readonly answers: ClientMessage[] = [];
  private readonly hub = new LocalNetwork((message) => this.answers.push(message));

  constructor({
    size = 3,
    mode = 'durable',
    service = keyValueService,
    findings = [],
    ...limits
  }: Manner = {}) {
    this.configuration = configure(size, mode, service, limits);
    this.hosts = Array.from({ length: size }, (_, replicaNumber) => {
      const host: ReplicaDriver = new ReplicaDriver({
        configuration: this.configuration,
        replicaNumber,
        storage: { ...new MemoryDisk().open(), findings },
        transport: this.hub.join(replicaNumber, { onMessage: (message) => host.receive(message) }),
        // So slow that no replica is given up while the machine has other things to do.
        tick: 1_000,
        read: () => ({ time: 1, random: 2 }),
        onStep: () => undefined,
        onFailure: () => undefined,
      });
      return host;
    });
  }

  start(): this {
    for (const host of this.hosts) host.start();
    return this;
  }

  /** Has one replica try to recover: in a group of one nobody answers. */
  recover(number: number): void {
    this.hosts[number]?.recover();
  }

  /** Sends a request to a replica, and waits for an answer to it. */
  async ask(
    to: number,
    clientId: string,
    session: number,
    requestNumber: number,
    operation: Json,
  ): Promise<ClientMessage> {
    const before = this.answers.length;
    this.say(to, clientId, session, requestNumber, operation);
    const isIt = (answer: ClientMessage) =>
      answer.clientId === clientId && answer.requestNumber === requestNumber;
    await until(() => this.answers.slice(before).some(isIt), 'the request is answered');
    return this.answers.slice(before).find(isIt) ?? never();
  }

  say(to: number, clientId: string, session: number, requestNumber: number, operation: Json): void {
    this.hub.request(to, { type: 'REQUEST', clientId, session, requestNumber, operation });
  }

  /** Registers a client, and yields its session. */
  async register(clientId: string): Promise<number> {
    const answer = await this.ask(0, clientId, 0, 0, null);
    return answer.type === 'REPLY' ? Number(answer.result) : never();
  }

  stop(): void {
    for (const host of this.hosts) host.stop();
  }
}

function never(): never {
  throw new Error('There is no such answer.');
}
