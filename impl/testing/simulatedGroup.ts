import { ClientSession } from '../node/client/clientSession.ts';
import type { RequestOptions } from '../node/client/pendingRequest.ts';
import { checked } from '../node/development/checked.ts';
import type { Clock } from '../node/platform/clock.ts';
import {
  type Configuration,
  type ConfigurationOptions,
  configure,
  type StorageMode,
} from '../replica/data/configuration.ts';
import type { Request } from '../replica/data/entry.ts';
import type { ClientMessage, Message } from '../replica/data/messages.ts';
import type { Output } from '../replica/data/outputs.ts';
import type { Replica } from '../replica/data/replica.ts';
import { shapeProblem } from '../service/definition.ts';
import type { Service } from '../service/service.ts';
import type { Json } from '../tree/json.ts';
import { jsonOf } from './jsonOf.ts';
import { randomNumbers } from './randomNumbers.ts';
import { SimulatedReplica } from './simulatedReplica.ts';
import { VirtualTime } from './virtualTime.ts';

/** The parts of a simulated group. All but the service have defaults, and the rest are limits as for `configure`. */
export interface SimulationOptions<State, Operation, Result extends Json> extends ConfigurationOptions {
  /** The service that the group replicates. */
  readonly service: Service<State, Operation, Result>;
  /** 3 by default. */
  readonly replicas?: number;
  /** `durable` by default. */
  readonly mode?: StorageMode;
  /** Chooses how long each message and write takes, and the random numbers of the replicas. 1 by default. */
  readonly seed?: number;
  /** Called with the outputs of each step of a replica. */
  readonly onOutputs?: (replica: number, outputs: readonly Output[]) => void;
}

/** Options of a request in a simulated group. */
export interface SimulatedRequestOptions extends RequestOptions {
  /** Each name is a client of its own, whose requests are executed in their order. */
  readonly client?: string;
}

/** Milliseconds in one tick of the timers. */
const tick = 20;
/** Messages and writes take up to so many milliseconds. */
const mostDelay = 5;
/** Milliseconds of virtual time after which some work is given up, unless another limit is given. */
const usualLimit = 600_000;

/** Lets all promises that are settled go on. Tests may put another function in its place later. */
const { setImmediate } = globalThis;
const promisesSettle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A whole group in virtual time, for tests of a service and of programs that use it. Nothing happens until time is advanced, and
 * then at once. It does the same for the same seed and calls. The service is held to its contract (`checked`). Clients can reach
 * every replica, also one that is cut off from the others.
 */
export class SimulatedGroup<Operation, Result extends Json> {
  private readonly clock = new VirtualTime();
  private readonly machines: readonly SimulatedReplica[];
  private readonly cutOff = new Set<number>();
  private readonly random: () => number;
  private readonly sessions = new Map<string, ClientSession>();
  private readonly problems = new Map<string, string>();
  private readonly configuration: Configuration;
  /** Whether a client may have been answered since promises last went on. */
  private isAnswered = true;

  /** Throws a TypeError or RangeError that says what is wrong with the options. */
  constructor(options: SimulationOptions<unknown, Operation, Result>) {
    const misshapen = shapeProblem(options?.service);
    if (misshapen !== undefined)
      throw new TypeError(`simulatedGroup({ service }): service is no service: ${misshapen}.`);
    const { service, replicas = 3, mode = 'durable', seed = 1, onOutputs, ...limits } = options;
    this.configuration = configure(replicas, mode, checked(service), limits);
    this.random = randomNumbers(seed);
    this.machines = Array.from({ length: replicas }, (_, number) => {
      return new SimulatedReplica(number, {
        configuration: this.configuration,
        clock: this.clock,
        tick,
        read: () => ({ time: Math.floor(this.now), random: this.random() }),
        writeTime: () => this.delay(),
        send: (from, to, message) => {
          if (!this.cutOff.has(from) && !this.cutOff.has(to)) this.deliver(to, message);
        },
        reply: (message) => this.clock.after(this.delay(), () => this.answer(message)),
        onOutputs: (from, outputs) => {
          for (const output of outputs)
            if (output.type === 'failed') this.problems.set(keyOf(output.request), output.problem);
          onOutputs?.(from, outputs);
        },
      });
    });
    for (const machine of this.machines) machine.start();
  }

  /** Milliseconds of virtual time since the group began. The replicas' clocks show this. */
  get now(): number {
    return this.clock.now();
  }

  /**
   * Executes an operation, as `ClusterClient.request` does, while time is advanced. The deadline is in virtual time.
   */
  request(operation: Operation, options?: SimulatedRequestOptions): Promise<Result>;
  async request(operation: unknown, options: SimulatedRequestOptions = {}): Promise<Json> {
    const { client = 'client', ...others } = options;
    return this.session(client).request(jsonOf(operation, 'operation'), others);
  }

  /** Lets this many milliseconds of virtual time pass, with all that happens in them. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await promisesSettle();
    while (this.clock.next(end)) await this.settle();
  }

  /**
   * Does the work, such as an `async` function that makes requests, and lets time pass until it is done. The work must wait for
   * nothing but this group. Rejects if it takes more than `limit` milliseconds of virtual time.
   */
  async run<Value>(work: () => Promise<Value>, limit = usualLimit): Promise<Value> {
    const end = this.now + limit;
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    const value = work();
    value.then(over, over);
    await promisesSettle();
    while (!isOver) {
      if (!this.clock.next(end))
        throw new Error(
          `The work is not done after ${limit} ms of virtual time. It may wait for something outside.`,
        );
      await this.settle();
    }
    return value;
  }

  /** Stops a replica: what it has not yet written is lost. */
  crash(number: number): void {
    this.machine(number).crash();
  }

  /** Starts a replica that is down, with what its disk holds. */
  restart(number: number): void {
    this.machine(number).start();
  }

  /** Cuts a replica off from the others. What they send to each other is lost. */
  cut(number: number): void {
    this.machine(number);
    this.cutOff.add(number);
  }

  /** Connects a replica again; by default all of them. */
  heal(number?: number): void {
    if (number === undefined) this.cutOff.clear();
    else this.cutOff.delete(number);
  }

  /** What a replica knows, such as its `status` and `serviceState`; undefined while it is down. */
  replica(number: number): Replica | undefined {
    return this.machine(number).replica;
  }

  private machine(number: number): SimulatedReplica {
    const machine = this.machines[number];
    if (machine === undefined)
      throw new RangeError(
        `There is no replica ${number}: they are numbered from 0 to ${this.machines.length - 1}.`,
      );
    return machine;
  }

  private session(name: string): ClientSession {
    const known = this.sessions.get(name);
    if (known !== undefined) return known;
    const clock: Clock = {
      now: () => this.clock.now(),
      after: (delay, callBack) =>
        this.clock.after(delay, () => {
          this.isAnswered = true;
          callBack();
        }),
    };
    const session = new ClientSession({
      configuration: this.configuration,
      name,
      tick,
      clock,
      send: (to, request) => {
        this.deliver(to, request);
        return 1;
      },
      problemAt: (request) => this.problems.get(keyOf(request)),
    });
    this.sessions.set(name, session);
    return session;
  }

  private answer(message: ClientMessage): void {
    this.isAnswered = true;
    for (const session of this.sessions.values())
      if (session.clientId === message.clientId) session.receive(message);
  }

  private deliver(to: number, message: Message): void {
    this.clock.after(this.delay(), () => this.machines[to]?.receive(message));
  }

  private delay(): number {
    return 1 + (this.random() % mostDelay);
  }

  private async settle(): Promise<void> {
    if (!this.isAnswered) return;
    this.isAnswered = false;
    await promisesSettle();
  }
}

/** A group that replicates this service in virtual time: see `SimulatedGroup`. */
export function simulatedGroup<State, Operation, Result extends Json>(
  options: SimulationOptions<State, Operation, Result>,
): SimulatedGroup<Operation, Result> {
  return new SimulatedGroup(options);
}

function keyOf({ clientId, requestNumber }: Request): string {
  return `${clientId} ${requestNumber}`;
}
