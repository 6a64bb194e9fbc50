import type { Configuration } from '../replica/data/configuration.ts';
import type { Request } from '../replica/data/entry.ts';
import { foundedAtOnce } from '../replica/data/membership.ts';
import type { Replica } from '../replica/data/replica.ts';
import { isJson, unkept } from '../service/kept.ts';
import type { Requested, Service } from '../service/service.ts';
import type { Json } from '../tree/json.ts';
import { ClientSession } from './client/clientSession.ts';
import type { WatchOptions } from './client/clientWatches.ts';
import { NotExecutedError } from './client/errors.ts';
import type { RequestOptions } from './client/pendingRequest.ts';
import { checked } from './development/checked.ts';
import { ReplicaDriver } from './driver/replicaDriver.ts';
import { LocalNetwork } from './localNetwork.ts';
import { LocalWatches } from './localWatches.ts';
import { nodePlatform } from './platform/platform.ts';
import { MemoryDisk } from './storage/memoryDisk.ts';
import type { WatchEvent } from './watch/watchMessages.ts';

/** Observes the replicas of a local group. */
export interface LocalObserver {
  /** A replica took a step. */
  onStep(replica: Replica): void;
}

/**
 * A whole group in one process, with a client, for demonstrations and tests. Its disks live as long as the object. The service
 * is held to its contract (`checked`), and an ExecutionFailedError says why the service failed. The types of operations and
 * results follow from the service.
 */
export class LocalGroup<Operation = unknown, Result extends Json = Json> {
  /** That of its replicas. */
  readonly configuration: Configuration;
  private readonly tick: number;
  private readonly observer: Partial<LocalObserver>;
  private readonly network: LocalNetwork;
  private readonly disks: readonly MemoryDisk[];
  private readonly running = new Map<
    number,
    { readonly driver: ReplicaDriver; readonly close: () => Promise<void> }
  >();
  private readonly session: ClientSession;
  private readonly watches: LocalWatches;
  /** Why the service failed at requests. */
  private readonly problems = new Map<string, string>();

  /** Starts all replicas. `tick`: milliseconds. Throws a TypeError or RangeError that says what is wrong with the arguments. */
  constructor(
    configuration: Configuration<Service<unknown, Operation, Result>>,
    tick: number,
    observer: Partial<LocalObserver> = {},
  ) {
    if (!Number.isInteger(configuration?.size))
      throw new TypeError(
        'new LocalGroup(configure(3, mode, service), tick): it was given no configuration.',
      );
    if (!(tick > 0)) throw new RangeError(`tick is ${String(tick)}: give milliseconds, such as 50.`);
    this.configuration = { ...configuration, service: checked(configuration.service) };
    this.tick = tick;
    this.observer = observer;
    this.network = new LocalNetwork((message) => this.session.receive(message));
    const send = (to: number, request: Request): number => {
      this.network.request(to, request);
      return 1;
    };
    const problemAt = (request: Request): string | undefined => this.problems.get(keyOf(request));
    this.session = new ClientSession({
      configuration: this.configuration,
      name: nodePlatform.random.uuid(),
      tick,
      send,
      problemAt,
    });
    const { service, contentChars } = this.configuration;
    this.watches = new LocalWatches(configuration.size, tick, service, contentChars);
    const membership = foundedAtOnce(configuration);
    this.disks = Array.from({ length: configuration.size }, () => new MemoryDisk(membership));
    for (const number of this.disks.keys()) this.start(number);
  }

  /** Executes an operation: see `ClientSession`. */
  request(operation: Requested<Operation>, options?: RequestOptions): Promise<Result>;
  request(operation: unknown, options?: RequestOptions): Promise<Json> {
    if (!isJson(operation))
      return Promise.reject(new NotExecutedError('invalid', operation, `${unkept(operation, 'operation')}.`));
    return this.session.request(operation, options);
  }

  /** Tells the changes of a key: see `ClusterClient.watch`. The client reaches every replica that runs, also one that is cut off. */
  watch(key: string, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void, undefined> {
    return this.watches.watch(key, options);
  }

  /** The state of a replica; undefined if it is not running. */
  replica(number: number): Replica | undefined {
    return this.running.get(number)?.driver.replica;
  }

  /** Starts a replica that is not running, with the contents of its disk. */
  start(number: number): void {
    const disk = this.disks[number];
    if (disk === undefined || this.running.has(number)) return;
    const storage = disk.open();
    const tellWatches = this.watches.start(number);
    const transport = this.network.join(number, { onMessage: (message) => driver.receive(message) });
    const driver: ReplicaDriver = new ReplicaDriver({
      configuration: this.configuration,
      replicaNumber: number,
      storage,
      transport,
      tick: this.tick,
      onStep: (replica, _, outputs) => {
        for (const output of outputs)
          if (output.type === 'failed') this.problems.set(keyOf(output.request), output.problem);
        tellWatches(replica, outputs);
        this.observer.onStep?.(replica);
      },
      // A later start has opened the disk: writes of the earlier start are rejected.
      onFailure: () => undefined,
    });
    this.running.set(number, { driver, close: () => transport.close() });
    if (storage.stored === undefined) driver.startAtOnce();
    else driver.start();
  }

  /** Stops a replica as a crash would: writes that are not on its disk are lost. */
  crash(number: number): void {
    const running = this.running.get(number);
    this.running.delete(number);
    this.watches.stop(number);
    running?.driver.stop();
    void running?.close();
  }

  /** Cuts a replica off from the others, or reconnects it. */
  cut(number: number, isCut: boolean): void {
    this.network.cut(number, isCut);
  }

  /** Whether the replica is cut off. */
  isCut(number: number): boolean {
    return this.network.isCut(number);
  }

  /** Stops all replicas and closes the client. Its watches throw. */
  close(): void {
    this.session.close();
    this.watches.close();
    for (const number of [...this.running.keys()]) this.crash(number);
  }
}

function keyOf({ clientId, requestNumber }: Request): string {
  return `${clientId} ${requestNumber}`;
}
