import {
  blankImage,
  type ClientMessage,
  type Configuration,
  type ConfigurationOptions,
  configure,
  foundedAtOnce,
  type Json,
  keyValueService,
  type Service,
  type StorageMode,
} from '../../impl/index.ts';
import { ReplicaDriver } from '../../impl/node/driver/replicaDriver.ts';
import { LocalNetwork } from '../../impl/node/localNetwork.ts';
import { processClock } from '../../impl/node/platform/clock.ts';
import { systemRandom } from '../../impl/node/platform/random.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { commitOf } from '../commit.ts';
import { until } from '../node/servedGroup.ts';

/** How a group differs from three durable replicas of the key-value store. */
export interface DirectGroupOptions extends ConfigurationOptions {
  readonly size?: number;
  readonly mode?: StorageMode;
  readonly service?: Service;
  readonly findings?: readonly string[];
  /** Whether the disks of the replicas reject every write. */
  readonly disksFail?: boolean;
}

/** Replicas in one process whose clients send exact requests, to a chosen replica, once. No timer ever fires. */
export class DirectGroup {
  readonly configuration: Configuration;
  readonly drivers: readonly ReplicaDriver[];
  private readonly answers: ClientMessage[] = [];
  private readonly network = new LocalNetwork((message) => this.answers.push(message));

  constructor({
    size = 3,
    mode = 'durable',
    service = keyValueService,
    findings = [],
    disksFail = false,
    ...limits
  }: DirectGroupOptions = {}) {
    this.configuration = configure(size, mode, service, limits);
    const membership = foundedAtOnce(this.configuration);
    this.drivers = Array.from({ length: size }, (_, replicaNumber) => {
      const driver: ReplicaDriver = new ReplicaDriver({
        configuration: this.configuration,
        replicaNumber,
        storage: {
          ...new MemoryDisk(membership).open(),
          stored: { image: { ...blankImage, membership, isCorrupt: true }, records: [] },
          findings,
          ...(disksFail ? { write: noWrite } : {}),
        },
        transport: this.network.join(replicaNumber, { onMessage: (message) => driver.receive(message) }),
        // Eleven days: no timer fires during a test, however slow the machine is.
        tick: 1_000_000,
        platform: {
          clock: { ...processClock, time: () => 1 },
          random: { ...systemRandom, integer: () => 2 },
        },
        onStep: () => undefined,
        onFailure: () => undefined,
      });
      return driver;
    });
  }

  start(): this {
    for (const driver of this.drivers) driver.startAtOnce();
    return this;
  }

  /** Starts the replicas with logs that are corrupt. In a group of one no replica answers. */
  restartCorrupt(): void {
    for (const driver of this.drivers) driver.start();
  }

  /** Sends a request to a replica, and waits for the answer. */
  async ask(
    to: number,
    clientId: string,
    session: number,
    requestNumber: number,
    operation: Json,
  ): Promise<ClientMessage> {
    const before = this.answers.length;
    this.send(to, clientId, session, requestNumber, operation);
    const isIt = (answer: ClientMessage) =>
      answer.clientId === clientId && answer.requestNumber === requestNumber;
    await until(() => this.answers.slice(before).some(isIt), 'the request is answered');
    return this.answers.slice(before).find(isIt) ?? never();
  }

  send(to: number, clientId: string, session: number, requestNumber: number, operation: Json): void {
    this.network.request(to, { type: 'REQUEST', clientId, session, requestNumber, operation });
  }

  /** Registers a client, and yields its session. */
  async register(clientId: string): Promise<number> {
    const answer = await this.ask(0, clientId, 0, 0, null);
    return answer.type === 'REPLY' ? Number(answer.result) : never();
  }

  /** Tells the backups what is committed, as an idle primary would, and waits until all have executed it. */
  async settle(): Promise<void> {
    const [primary] = this.drivers;
    const { viewNumber, commitNumber, log } = primary?.replica ?? never();
    for (const { replica } of this.drivers.slice(1))
      this.network.request(replica.replicaNumber, commitOf(log, commitNumber, viewNumber));
    const isSettled = ({ replica }: ReplicaDriver) => replica.commitNumber === commitNumber;
    await until(() => this.drivers.every(isSettled), 'all have executed the committed entries');
  }

  stop(): void {
    for (const driver of this.drivers) driver.stop();
  }
}

function noWrite(): Promise<void> {
  return Promise.reject(new Error('no such luck'));
}

function never(): never {
  throw new Error('There is no such answer.');
}
