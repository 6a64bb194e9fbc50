import type { Output } from '../../replica/data/outputs.ts';
import { isPrimary, type Replica } from '../../replica/data/replica.ts';
import type { Input } from '../../replica/step.ts';
import { optionalMethodsOf } from '../../service/definition.ts';
import type { Applied, Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
import type { RefusedBecause } from '../cluster/access.ts';
import type { Clock } from '../platform/clock.ts';
import { nodePlatform, type Platform } from '../platform/platform.ts';
import { channels, hasSubscribers } from './channels.ts';
import { Evictions } from './evictions.ts';
import { type ObservedState, observe } from './observedState.ts';
import { RequestEvents } from './requestEvents.ts';
import { Spans } from './spans.ts';
import { publishChanges } from './stateEvents.ts';
import { publishInput, publishOutputs } from './stepEvents.ts';
import type { EventContext, LeadershipEnd, Publish } from './telemetryEvents.ts';

const executions = [channels['execution-start'], channels['execution-stop'], channels['execution-exception']];

/**
 * Publishes the events of one replica, derived from its steps: the core does not know of it. Between steps it remembers the
 * state that changes are measured against. Without subscribers it does nothing else.
 */
export class Telemetry {
  private readonly run: string;
  private readonly clock: Clock;
  private readonly replica: Replica;
  private readonly tick: number;
  private observed: ObservedState;
  private readonly spans: Spans;
  private readonly requests: RequestEvents;
  private readonly clients: Evictions;
  private hasStepped = false;
  private isStopped = false;

  /** `tick`: milliseconds in one tick of the replica's timers. */
  constructor(
    replica: Replica,
    tick: number,
    { clock, random }: Pick<Platform, 'clock' | 'random'> = nodePlatform,
  ) {
    this.run = random.uuid();
    this.clock = clock;
    this.replica = replica;
    this.tick = tick;
    this.observed = { ...observe(replica), status: 'bootstrapping' };
    this.spans = new Spans(this.publish, clock);
    this.requests = new RequestEvents(this.publish, clock);
    this.clients = new Evictions(this.publish);
  }

  /** The replica begins. `findings`: the corruption found in its storage. */
  started(how: 'resume' | 'join', incarnation: number, findings: readonly string[]): void {
    for (const finding of findings) this.publish('corruption-found', { finding });
    this.publish('started', { how, incarnation });
  }

  /** The replica took a step, whose outputs have not taken effect yet. */
  step(input: Input, outputs: readonly Output[]): void {
    const before = this.observed;
    this.hasStepped = true;
    const after = observe(this.replica);
    this.observed = after;
    if (hasSubscribers()) {
      publishInput(this.publish, this.replica, before, input, outputs);
      this.requests.arrived(this.replica, before, input, outputs);
      publishChanges(this.publish, this.replica, before, after, input);
      this.clients.follow(this.replica, outputs);
      publishOutputs(this.publish, outputs, this.tick);
    }
    // Spans are followed without subscribers too, so that their ends can publish their durations.
    this.spans.follow(before, after, input, outputs);
    this.requests.follow(after, outputs);
  }

  /** Executes an operation as the next entry, and publishes its beginning and end. */
  executing(operation: Json, execute: () => Applied<unknown>): Applied<unknown> {
    if (!executions.some(({ hasSubscribers }) => hasSubscribers)) return execute();
    const at = this.replica.commitNumber + 1;
    this.publish('execution-start', { at, operation });
    const since = this.clock.now();
    try {
      const applied = execute();
      this.publish('execution-stop', { at, duration: this.clock.now() - since });
      return applied;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.publish('execution-exception', { at, duration: this.clock.now() - since, reason });
      throw error;
    }
  }

  /** Records became durable together, after `duration` milliseconds. */
  written(records: number, duration: number): void {
    this.publish('written', { records, duration });
  }

  /** The replica takes no more input: it was stopped, or failed with this error. Publishes nothing after that. */
  stop(error?: Error): void {
    if (this.isStopped) return;
    const reason: LeadershipEnd = error === undefined ? 'stopped' : 'failed';
    this.requests.end();
    this.spans.end(reason);
    if (error !== undefined) this.publish('failed', { reason: error.message });
    this.publish('stopped', {});
    this.isStopped = true;
  }

  onWaiting(missing: readonly number[]): void {
    this.publish('bootstrap-waiting', { missing });
  }

  onConnection(state: 'connected' | 'lost', to: number | undefined, reason: string): void {
    this.publish('connection', { state, to, reason });
  }

  onRejected(from: string, reason: string): void {
    this.publish('rejected', { from, reason });
  }

  onRefused(client: string, because: RefusedBecause, reason: string): void {
    this.publish('request-refused', { client, because, reason });
  }

  onUnsent(to: number | 'client', reason: string): void {
    this.publish('unsent', { to, reason });
  }

  private readonly publish: Publish = (type, details) => {
    const channel = channels[type];
    // Connections and writes may end after the replica has stopped: `stopped` is the last event of a run.
    if (!this.isStopped && channel.hasSubscribers) channel.publish({ type, ...this.context(), ...details });
  };

  private context(): EventContext {
    const { replica, run } = this;
    const { replicaNumber, configuration, status, viewNumber, log, commitNumber } = replica;
    return {
      run,
      replicaNumber,
      size: configuration.size,
      status: this.hasStepped ? status : 'bootstrapping',
      role: isPrimary(replica) ? 'primary' : 'backup',
      viewNumber,
      opNumber: log.length,
      commitNumber,
    };
  }
}

/** The same service, whose executions go through `execute`. */
export function instrumentService(service: Service, execute: Telemetry['executing']): Service {
  return {
    initial: service.initial,
    validate: (operation) => service.validate(operation),
    ...optionalMethodsOf(service),
    apply: (state, operation, predicted) =>
      execute(operation, () => service.apply(state, operation, predicted)),
  };
}
