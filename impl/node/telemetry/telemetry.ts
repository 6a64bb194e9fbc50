import { randomUUID } from 'node:crypto';
import type { Output } from '../../replica/data/outputs.ts';
import { isPrimary, type Replica } from '../../replica/data/replica.ts';
import type { Input } from '../../replica/step.ts';
import type { Applied, Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
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
 * Tells whoever listens on the channels what goes on in a replica, from what each step shows: the core knows nothing of it.
 * Between steps it remembers what changes are told against. Where nobody listens, it does no more than that.
 */
export class Telemetry {
  private readonly run = randomUUID();
  private readonly replica: Replica;
  private readonly tick: number;
  private observed: ObservedState;
  private readonly spans: Spans;
  private readonly requests: RequestEvents;
  private readonly clients: Evictions;
  private hasStepped = false;
  private isStopped = false;

  /** `tick`: milliseconds in one tick of the replica's timers. */
  constructor(replica: Replica, tick: number) {
    this.replica = replica;
    this.tick = tick;
    this.observed = { ...observe(replica), status: 'founding' };
    this.spans = new Spans(this.tell);
    this.requests = new RequestEvents(this.tell);
    this.clients = new Evictions(this.tell);
  }

  /** How the replica begins, and what was wrong with its storage. */
  started(how: 'start' | 'resume' | 'recover', incarnation: number, findings: readonly string[]): void {
    for (const finding of findings) this.tell('damage-found', { finding });
    this.tell('begun', { how, incarnation });
  }

  /** The replica took this step, and nothing has come of it yet. */
  step(input: Input, outputs: readonly Output[]): void {
    const before = this.observed;
    this.hasStepped = true;
    const after = observe(this.replica);
    this.observed = after;
    if (hasSubscribers()) {
      publishInput(this.tell, this.replica, before, input, outputs);
      this.requests.arrived(this.replica, before, input, outputs);
      publishChanges(this.tell, this.replica, before, after, input);
      this.clients.follow(this.replica, outputs);
      publishOutputs(this.tell, outputs, this.tick);
    }
    // Spans go on while nobody listens, so that their ends can tell how long they lasted.
    this.spans.follow(before, after, input, outputs);
    this.requests.follow(after, outputs);
  }

  /** Has an operation executed as the entry after those that are. */
  executing(operation: Json, execute: () => Applied<unknown>): Applied<unknown> {
    if (!executions.some(({ hasSubscribers }) => hasSubscribers)) return execute();
    const at = this.replica.commitNumber + 1;
    this.tell('execution-start', { at, operation });
    const since = performance.now();
    try {
      const applied = execute();
      this.tell('execution-stop', { at, duration: performance.now() - since });
      return applied;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.tell('execution-exception', { at, duration: performance.now() - since, reason });
      throw error;
    }
  }

  /** So many records became durable together, after so many milliseconds. */
  written(records: number, duration: number): void {
    this.tell('written', { records, duration });
  }

  /** The replica takes nothing in any more: it was stopped, or this has happened to it. Nothing is told of it after that. */
  stop(error?: Error): void {
    if (this.isStopped) return;
    const reason: LeadershipEnd = error === undefined ? 'stopped' : 'failed';
    this.requests.end();
    this.spans.end(reason);
    if (error !== undefined) this.tell('failed', { reason: error.message });
    this.tell('stopped', {});
    this.isStopped = true;
  }

  onWaiting(missing: readonly number[]): void {
    this.tell('waiting', { missing });
  }

  onConnection(state: 'connected' | 'lost', to: number | undefined, reason: string): void {
    this.tell('connection', { state, to, reason });
  }

  onRejected(from: string, reason: string): void {
    this.tell('refused', { from, reason });
  }

  onUnsent(to: number | 'client', reason: string): void {
    this.tell('unsent', { to, reason });
  }

  private readonly tell: Publish = (type, details) => {
    const channel = channels[type];
    // A connection that ends now, or a write, is no business of whoever was told that all is over.
    if (!this.isStopped && channel.hasSubscribers) channel.publish({ type, ...this.context(), ...details });
  };

  private context(): EventContext {
    const { replica, run } = this;
    const { replicaNumber, configuration, status, viewNumber, log, commitNumber } = replica;
    return {
      run,
      replicaNumber,
      size: configuration.size,
      status: this.hasStepped ? status : 'founding',
      role: isPrimary(replica) ? 'primary' : 'backup',
      viewNumber,
      opNumber: log.length,
      commitNumber,
    };
  }
}

/**
 * The same service, watched: `execute` is given each operation, and what has it executed.
 */
export function instrumentService(service: Service, execute: Telemetry['executing']): Service {
  return {
    initial: service.initial,
    validate: (operation) => service.validate(operation),
    ...(service.snapshot && { snapshot: service.snapshot.bind(service) }),
    ...(service.restore && { restore: service.restore.bind(service) }),
    apply: (state, operation, predicted) =>
      execute(operation, () => service.apply(state, operation, predicted)),
  };
}
