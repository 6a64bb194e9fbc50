import {
  type Client,
  type ClientInput,
  type ClientOutput,
  clientStep,
  createClient,
  mayEnd,
  mayRequest,
  withdrawLatest,
} from '../../client/client.ts';
import { type Configuration, primaryOf } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { ClientMessage } from '../../replica/data/messages.ts';
import { validateOperation } from '../../replica/validation/entry.ts';
import type { Json } from '../../tree/json.ts';
import { Timers } from '../driver/timers.ts';
import { type Clock, processClock } from '../platform/clock.ts';
import type { RefusedAnswer } from '../tcp/handshake.ts';
import { carryTraceparent } from '../telemetry/traceContext.ts';
import { ExecutionFailedError, NotExecutedError } from './errors.ts';
import {
  abortedError,
  closedError,
  deadlineError,
  evictedError,
  invalidError,
  queueFullError,
  refusedError,
} from './failures.ts';
import { deadlineProblem, PendingRequest, type RequestOptions, usualDeadline } from './pendingRequest.ts';
import { SentCopies } from './sentCopies.ts';

/** The configuration of a session, and the means by which it sends. */
export interface ClientSessionOptions {
  /** That of the group's replicas. */
  readonly configuration: Configuration;
  /** Unique among all clients, past ones included. */
  readonly name: string;
  /** Milliseconds in one tick of the retry timer. */
  readonly tick: number;
  /**
   * Sends a request to a replica. Yields how many copies of it may arrive: 0 if it certainly does not leave, Infinity if the
   * network may repeat it. It must return before it delivers an answer.
   */
  readonly send: (to: number, request: Request) => number;
  /** The replica to which to send what is for this one alone; by default itself. Another one passes it on, if this one is not reached. */
  readonly route?: (to: number) => number;
  /** Whether any replica can be reached; by default always. While none can, requests wait: call `submit` when one can. */
  readonly canSend?: () => boolean;
  /** The present connection problems, as sentences for an error message; empty if there are none. */
  readonly connectionProblems?: () => string;
  /** Why the service failed at a request, where the replicas are in this process. */
  readonly problemAt?: (request: Request) => string | undefined;
  /** The most requests that wait before they are sent, those within the window apart; by default 10,000. */
  readonly maxWaiting?: number;
  /** By default the clock of the process. */
  readonly clock?: Clock;
}

const usualMaxWaiting = 10_000;

/**
 * Executes operations of one client exactly once, over any transport. As many of them as the group's window allows are
 * outstanding, and more wait; they execute in the order of the calls.
 *
 * A request that was sent stays outstanding when the program stops waiting for it: the next one has the next number, and
 * replicas execute requests in the order of their numbers. So the answer to one is never taken for the answer to another.
 */
export class ClientSession {
  private readonly options: ClientSessionOptions;
  private readonly timers: Timers<'retry'>;
  private readonly clock: Clock;
  private readonly outstanding = new Map<number, PendingRequest>();
  private readonly copies = new SentCopies();
  private waiting: PendingRequest[] = [];
  private readonly client: Client;
  /** Called when the replicas have ended the session. */
  private ended: (() => void) | undefined;
  /** Why the session was closed. */
  private closed: { readonly message: string; readonly cause: Error | undefined } | undefined;

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

  /** Whether nothing is to be sent, or awaited. */
  get isIdle(): boolean {
    return this.client.outstanding.length === 0 && this.waiting.length === 0;
  }

  /** The replica that is sent a request first. */
  get presumedPrimary(): number {
    return primaryOf(this.client.configuration, this.client.viewNumber);
  }

  /**
   * Executes the operation once and yields its result. Rejects with a NotExecutedError, a MaybeExecutedError, or an
   * ExecutionFailedError if the service failed at it; with a RangeError for a deadline that is no number of milliseconds.
   */
  request(operation: Json, options: RequestOptions = {}): Promise<Json> {
    const { deadline = usualDeadline } = options;
    const rejection = deadlineProblem(deadline) ?? this.rejectionOf(operation, options);
    if (rejection !== undefined) return Promise.reject(rejection);
    return new Promise((resolve, reject) => {
      const giveUp = (reason: 'aborted' | 'deadline'): void => this.giveUp(pending, reason);
      const pending = new PendingRequest(operation, options, { resolve, reject }, this.clock, giveUp);
      this.waiting.push(pending);
      this.submit();
    });
  }

  /** Handles a message from a replica. */
  receive(message: ClientMessage): void {
    const session = this.lateSession(message);
    if (session === undefined) this.take({ type: 'message', message });
    else this.client.session = session;
    if (session !== undefined && this.ended !== undefined) this.take({ type: 'end' });
    this.submit();
  }

  /** Sends all outstanding requests again at once: a replica can be reached that could not before. */
  resend(): void {
    this.take({ type: 'timer' });
  }

  /** Sends the waiting requests, as many as the window allows. A client without a session registers for the first of them. */
  submit(): void {
    while (this.maySubmit()) {
      const pending = this.waiting.shift();
      if (pending === undefined) return;
      const requestNumber = this.client.requestNumber + 1;
      this.outstanding.set(requestNumber, pending);
      const [only] = this.take({ type: 'request', operation: pending.operation });
      if (only?.type === 'rejected')
        this.settle(requestNumber, () => pending.reject(invalidError(pending.operation, only.reason)));
    }
  }

  /**
   * A replica refused a copy of a request. Takes back the latest requests whose copies were all refused, and rejects them. Those that
   * were refused only because of one of them are sent again. The registration stands for all requests that wait for it.
   */
  refused(answer: RefusedAnswer): void {
    const { clientId, session, outstanding } = this.client;
    if (answer.clientId !== clientId) return;
    this.copies.refused(answer);
    const reasons = outstanding.map(({ requestNumber }) =>
      this.copies.ifAllRefused(session === undefined ? 0 : requestNumber),
    );
    const last = reasons.lastIndexOf(undefined);
    // One that is refused only for an earlier one, which is not taken back, is like a message that was lost.
    const first = reasons.findIndex((refused, index) => index > last && refused?.reason !== undefined);
    if (first < 0) return;
    const again: PendingRequest[] = [];
    for (const refused of reasons.slice(first).reverse()) {
      const request = withdrawLatest(this.client);
      if (request === undefined) break;
      this.settle(request.requestNumber, (pending) => {
        if (refused?.reason !== undefined) pending.reject(refusedError(pending, refused.reason));
        else if (!pending.isSettled) again.unshift(pending);
      });
    }
    this.waiting.unshift(...again);
    this.submit();
  }

  /**
   * Closes the session, and ends it at the replicas too. Settles once that is done, or after `within` milliseconds. A session stays,
   * as after a crash, if a program still waits for a request that was sent: that is not sent again, and the end may not overtake it.
   */
  async end(within: number): Promise<void> {
    const { client, copies } = this;
    // What waits for a registration was not sent, and does not keep the session that may begin from its end.
    const isRegistering = client.session === undefined && copies.open(0) > 0;
    const isAwaited = !isRegistering && [...this.outstanding.values()].some((pending) => !pending.isSettled);
    const isUsable = this.closed === undefined && this.options.canSend?.() !== false;
    this.close();
    if (isRegistering) withdrawLatest(client);
    if (isAwaited || !isUsable || !(isRegistering || mayEnd(client))) return;
    await new Promise<void>((resolve) => {
      const stopTimer = this.clock.after(within, resolve);
      this.ended = () => {
        stopTimer();
        resolve();
      };
      if (!isRegistering) this.take({ type: 'end' });
    });
    this.ended = undefined;
    this.timers.stop();
  }

  /** Closes the session, and rejects all pending and later requests. `problem`: the error because of which it ends. */
  close(problem?: Error): void {
    this.ended?.();
    if (this.closed !== undefined) return;
    const message = problem?.message ?? 'The client was closed.';
    this.closed = { message, cause: problem };
    this.timers.stop();
    for (const [requestNumber, pending] of this.outstanding)
      pending.reject(closedError(pending, this.copies.open(requestNumber) > 0, message, problem));
    for (const pending of this.waiting) pending.reject(closedError(pending, false, message, problem));
    this.waiting = [];
    this.outstanding.clear();
  }

  /** Why the request is not even taken, or undefined if it is. */
  private rejectionOf(operation: Json, { signal }: RequestOptions): NotExecutedError | undefined {
    const { closed, waiting, options } = this;
    if (closed !== undefined) return new NotExecutedError('closed', operation, closed.message, closed.cause);
    if (signal?.aborted)
      return new NotExecutedError('aborted', operation, 'Its signal was aborted before.', signal.reason);
    const reason = validateOperation(options.configuration, operation);
    if (reason !== undefined) return invalidError(operation, reason);
    const { maxWaiting = usualMaxWaiting } = options;
    if (waiting.length < maxWaiting || this.maySubmit()) return undefined;
    return queueFullError(operation, waiting.length);
  }

  /** A client without a session gets one request at a time: until it is registered, that one can be taken back. */
  private maySubmit(): boolean {
    const { closed, client, options } = this;
    if (closed !== undefined || options.canSend?.() === false) return false;
    return mayRequest(client) && (client.session !== undefined || client.outstanding.length === 0);
  }

  private giveUp(pending: PendingRequest, reason: 'aborted' | 'deadline'): void {
    const problems = this.options.connectionProblems?.() ?? '';
    const wasSent = !this.takeBack(pending);
    pending.reject(
      reason === 'aborted' ? abortedError(pending, wasSent) : deadlineError(pending, wasSent, problems),
    );
  }

  /** Takes the request out of the session, unless it was sent, or may be sent later. Yields whether it did. */
  private takeBack(pending: PendingRequest): boolean {
    const { length } = this.waiting;
    this.waiting = this.waiting.filter((other) => other !== pending);
    if (this.waiting.length < length) return true;
    // Until the client is registered, it sends nothing but its registration, which may be repeated.
    if (this.client.session !== undefined || !isAmong(this.outstanding, pending)) return false;
    withdrawLatest(this.client);
    this.outstanding.clear();
    this.timers.stop();
    this.submit();
    return true;
  }

  /** The session of which the message tells, if it answers a registration whose request was given up meanwhile. */
  private lateSession(message: ClientMessage): number | undefined {
    const { client, copies } = this;
    if (client.session !== undefined || client.outstanding.length > 0 || copies.open(0) === 0)
      return undefined;
    const { type, clientId, requestNumber } = message;
    if (type !== 'REPLY' || requestNumber !== 0 || clientId !== client.clientId) return undefined;
    const session = Number(message.result);
    return Number.isSafeInteger(session) && session > 0 ? session : undefined;
  }

  private take(input: ClientInput): readonly ClientOutput[] {
    // A connection that is being closed may still deliver a message.
    if (this.closed !== undefined && this.ended === undefined) return [];
    const outputs = clientStep(this.client, input);
    for (const output of outputs) this.perform(output, input);
    return outputs;
  }

  private perform(output: ClientOutput, input: ClientInput): void {
    switch (output.type) {
      case 'send': {
        const pending = this.outstanding.get(output.message.requestNumber);
        carryTraceparent(output.message, pending?.traceparent);
        // The retry timer sends to all replicas.
        const route = input.type === 'timer' ? undefined : this.options.route;
        const copies = this.options.send(route?.(output.to) ?? output.to, output.message);
        return this.copies.sent(output.message.requestNumber, copies);
      }
      case 'timer':
        return this.timers.arm('retry', output.delay * this.options.tick);
      case 'answered':
        return this.settle(output.request.requestNumber, (pending) => pending.resolve(output.result));
      case 'failed': {
        const { requestNumber, operation } = output.request;
        const error = new ExecutionFailedError(operation, this.options.problemAt?.(output.request));
        return this.settle(requestNumber, (pending) => pending.reject(error));
      }
      case 'ended':
        return this.ended?.();
      case 'evicted':
        this.onEvicted(output.requests, input);
        return this.ended?.();
      case 'rejected':
      case 'dropped':
        return;
    }
  }

  /**
   * The session has ended. EVICTED answers a copy of a request that took its place in the log after that, and was not executed.
   * If no other copy is open, the request was never executed, nor was a later one, which replicas order behind it. These
   * requests wait for the next session. Another copy of an earlier request may have been executed before.
   */
  private onEvicted(requests: readonly Request[], input: ClientInput): void {
    const answered = input.type === 'message' ? input.message.requestNumber : 0;
    const isOnlyCopy = this.copies.open(answered) === 1;
    const again: PendingRequest[] = [];
    for (const { requestNumber } of requests)
      this.settle(requestNumber, (pending) => {
        if (this.copies.open(requestNumber) > 0 && !(isOnlyCopy && requestNumber >= answered))
          pending.reject(evictedError(pending));
        else if (!pending.isSettled) again.push(pending);
      });
    this.copies.clear();
    this.waiting.unshift(...again);
  }

  private settle(requestNumber: number, outcome: (pending: PendingRequest) => void): void {
    const pending = this.outstanding.get(requestNumber);
    this.outstanding.delete(requestNumber);
    if (pending !== undefined) outcome(pending);
    this.copies.forget(requestNumber);
  }
}

function isAmong(outstanding: ReadonlyMap<number, PendingRequest>, pending: PendingRequest): boolean {
  return [...outstanding.values()].includes(pending);
}
