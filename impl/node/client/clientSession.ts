import {
  type Client,
  type ClientInput,
  type ClientOutput,
  clientStep,
  createClient,
  mayRequest,
} from '../../client/client.ts';
import { type Configuration, primaryOf } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { ClientMessage } from '../../replica/data/messages.ts';
import { describeReason } from '../../replica/data/reasons.ts';
import type { Json } from '../../tree/json.ts';
import { type Clock, processClock, Timers } from '../driver/timers.ts';
import { ClosedError, EvictedError, FailedError, RejectedError, TimeoutError } from './errors.ts';

/** An operation without an outcome. */
interface PendingRequest {
  readonly operation: Json;
  readonly resolve: (result: Json) => void;
  readonly reject: (error: Error) => void;
  /** Stops the timer of its timeout. */
  readonly stopTimer: () => void;
}

/** The configuration of a session, and the means by which it sends. */
export interface ClientSessionOptions {
  /** That of the group's replicas. */
  readonly configuration: Configuration;
  /** Unique among all clients, past ones included. */
  readonly name: string;
  /** Milliseconds in one tick of the retry timer. */
  readonly tick: number;
  /** Sends a request to a replica if it can be reached. It must return before it delivers an answer. */
  readonly send: (to: number, request: Request) => void;
  /** The present connection problems, as sentences for an error message; empty if there are none. */
  readonly connectionProblems?: () => string;
  /** Why the service failed at a request, where the replicas are in this process. */
  readonly problemAt?: (request: Request) => string | undefined;
  /** By default the clock of the process. */
  readonly clock?: Clock;
}

/**
 * Executes operations of one client exactly once, over any transport. It accepts any number of requests at a time. As many
 * of them as the group's window allows are outstanding; they execute in the order of the calls.
 */
export class ClientSession {
  private readonly options: ClientSessionOptions;
  private readonly client: Client;
  private readonly timers: Timers<'retry'>;
  private readonly clock: Clock;
  private readonly outstanding = new Map<number, PendingRequest>();
  private waiting: PendingRequest[] = [];
  private closedBecause: Error | undefined;

  constructor(options: ClientSessionOptions) {
    this.options = options;
    this.client = createClient(options.configuration, options.name, 0);
    this.clock = options.clock ?? processClock;
    this.timers = new Timers<'retry'>(() => this.take({ type: 'timer' }), [], this.clock);
  }

  /** The identity under which this session sends requests. It begins with the client's name. */
  get clientId(): string {
    return this.client.clientId;
  }

  /** The replica that is sent a request first. */
  get presumedPrimary(): number {
    return primaryOf(this.client.configuration, this.client.viewNumber);
  }

  /**
   * Executes the operation and yields its result. Rejects with a RejectedError if the group cannot run it, and with a
   * FailedError if the service failed at it: it has had no effect. Rejects with a TimeoutError after `timeout`
   * milliseconds, an EvictedError, or a ClosedError if its outcome is unknown: it may have been executed, or may be later.
   * Rejects with the error that `close` was given.
   */
  request(operation: Json, timeout: number): Promise<Json> {
    if (this.closedBecause !== undefined) return Promise.reject(this.closedBecause);
    return new Promise((resolve, reject) => {
      const stopTimer = this.clock.after(timeout, () => this.giveUp(pending, timeout));
      const pending: PendingRequest = { operation, resolve, reject, stopTimer };
      this.waiting.push(pending);
      this.submit();
    });
  }

  /** Handles a message from a replica. */
  receive(message: ClientMessage): void {
    this.take({ type: 'message', message });
    this.submit();
  }

  /** Sends all outstanding requests again at once: a replica can be reached that could not before. */
  resend(): void {
    this.take({ type: 'timer' });
  }

  /** Ends the session: rejects all pending and later requests with this error. */
  close(problem: Error): void {
    if (this.closedBecause !== undefined) return;
    this.closedBecause = problem;
    this.timers.stop();
    for (const pending of [...this.outstanding.values(), ...this.waiting]) {
      pending.stopTimer();
      pending.reject(
        problem instanceof ClosedError ? new ClosedError(problem.message, pending.operation) : problem,
      );
    }
    this.waiting = [];
    this.outstanding.clear();
  }

  /** Rejects the request. One that was sent stays outstanding, since it may have been executed. */
  private giveUp(pending: PendingRequest, timeout: number): void {
    this.waiting = this.waiting.filter((other) => other !== pending);
    const problems = this.options.connectionProblems?.() ?? '';
    const text = `No answer came in ${timeout} ms: the operation may or may not have been executed.${problems}`;
    pending.reject(new TimeoutError(text, pending.operation));
  }

  private submit(): void {
    while (this.closedBecause === undefined && mayRequest(this.client)) {
      const pending = this.waiting.shift();
      if (pending === undefined) return;
      const requestNumber = this.client.requestNumber + 1;
      this.outstanding.set(requestNumber, pending);
      const [only] = this.take({ type: 'request', operation: pending.operation });
      if (only?.type === 'rejected')
        this.settle(requestNumber, ({ reject }) => reject(new RejectedError(describeReason(only.reason))));
    }
  }

  private take(input: ClientInput): readonly ClientOutput[] {
    // A connection that is being closed may still deliver a message.
    if (this.closedBecause !== undefined) return [];
    const outputs = clientStep(this.client, input);
    for (const output of outputs) this.perform(output);
    return outputs;
  }

  private perform(output: ClientOutput): void {
    switch (output.type) {
      case 'send':
        return this.options.send(output.to, output.message);
      case 'timer':
        return this.timers.arm('retry', output.delay * this.options.tick);
      case 'answered':
        return this.settle(output.request.requestNumber, (pending) => pending.resolve(output.result));
      case 'failed': {
        const { requestNumber, operation } = output.request;
        const error = new FailedError(operation, this.options.problemAt?.(output.request));
        return this.settle(requestNumber, ({ reject }) => reject(error));
      }
      case 'evicted':
        for (const request of output.requests) {
          const error = new EvictedError('The session ended before the answer came.', request.operation);
          this.settle(request.requestNumber, (pending) => pending.reject(error));
        }
        return;
      case 'rejected':
      case 'dropped':
        return;
    }
  }

  private settle(requestNumber: number, outcome: (pending: PendingRequest) => void): void {
    const pending = this.outstanding.get(requestNumber);
    this.outstanding.delete(requestNumber);
    if (pending === undefined) return;
    pending.stopTimer();
    outcome(pending);
  }
}
