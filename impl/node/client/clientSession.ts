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
import type { Json } from '../../tree/json.ts';
import { Timers } from '../driver/timers.ts';
import { ClosedError, EvictedError, RejectedError, TimeoutError } from './errors.ts';

/** An operation on its way. */
interface PendingRequest {
  readonly operation: Json;
  readonly resolve: (result: Json) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What somebody who asks needs. */
export interface ClientSessionOptions {
  readonly configuration: Configuration;
  /** Which nobody else has, nor had before. */
  readonly name: string;
  /** Milliseconds. */
  readonly tick: number;
  /** Sends a request to a replica, if that can be reached. No answer comes before this returns. */
  readonly send: (to: number, request: Request) => void;
  /** Why there may be no answer, for people: sentences, or nothing. */
  readonly connectionProblems?: () => string;
}

/**
 * A client of a group, over whatever carries its messages: has each operation executed once. It may be asked for any number
 * at a time; as many of them as the group allows are outstanding, and are executed in the order in which they were asked for.
 */
export class ClientSession {
  private readonly options: ClientSessionOptions;
  private readonly client: Client;
  private readonly timers: Timers<'retry'>;
  private readonly outstanding = new Map<number, PendingRequest>();
  private waiting: PendingRequest[] = [];
  private closedBecause: Error | undefined;

  constructor(options: ClientSessionOptions) {
    this.options = options;
    this.client = createClient(options.configuration, options.name, 0);
    this.timers = new Timers(() => this.take({ type: 'timer' }));
  }

  /** Under which name this session's requests go. Its first part is the name of the asker. */
  get clientId(): string {
    return this.client.clientId;
  }

  /** The replica that is asked first. */
  get presumedPrimary(): number {
    return primaryOf(this.client.configuration, this.client.viewNumber);
  }

  /**
   * Has the operation executed, and yields its result. Rejects with a RefusedError if the group cannot run it, which has no
   * effect; with a TimeoutError after so many milliseconds, an EvictedError or a ClosedError if nobody knows whether it was
   * executed, or will be; and with whatever `end` was told.
   */
  request(operation: Json, timeout: number): Promise<Json> {
    if (this.closedBecause !== undefined) return Promise.reject(this.closedBecause);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(asked, timeout), timeout);
      const asked: PendingRequest = { operation, resolve, reject, timer };
      this.waiting.push(asked);
      this.submit();
    });
  }

  /** Takes in what a replica sent. */
  receive(message: ClientMessage): void {
    this.take({ type: 'message', message });
    this.submit();
  }

  /** Somebody can be reached now who could not before: what is outstanding is asked for again at once. */
  resend(): void {
    this.take({ type: 'timer' });
  }

  /** Asks for nothing more: whatever is not answered rejects, and so does all that is asked for later. */
  close(problem: Error): void {
    if (this.closedBecause !== undefined) return;
    this.closedBecause = problem;
    this.timers.stop();
    for (const asked of [...this.outstanding.values(), ...this.waiting]) {
      clearTimeout(asked.timer);
      asked.reject(
        problem instanceof ClosedError ? new ClosedError(problem.message, asked.operation) : problem,
      );
    }
    this.waiting = [];
    this.outstanding.clear();
  }

  /** An operation that was sent is not taken back: it stays outstanding, and only whoever asked is told. */
  private giveUp(asked: PendingRequest, timeout: number): void {
    this.waiting = this.waiting.filter((other) => other !== asked);
    const troubles = this.options.connectionProblems?.() ?? '';
    const text = `No answer came in ${timeout} ms, and nobody knows what became of it.${troubles}`;
    asked.reject(new TimeoutError(text, asked.operation));
  }

  private submit(): void {
    while (this.closedBecause === undefined && mayRequest(this.client)) {
      const asked = this.waiting.shift();
      if (asked === undefined) return;
      const requestNumber = this.client.requestNumber + 1;
      this.outstanding.set(requestNumber, asked);
      const [only] = this.take({ type: 'request', operation: asked.operation });
      if (only?.type === 'refused')
        this.settle(requestNumber, ({ reject }) => reject(new RejectedError(only.reason)));
    }
  }

  private take(input: ClientInput): readonly ClientOutput[] {
    // Connections that are being closed may bring something yet, and nobody waits for it.
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
        return this.settle(output.request.requestNumber, (asked) => asked.resolve(output.result));
      case 'evicted':
        for (const request of output.requests) {
          const error = new EvictedError('The session was over before the answer came.', request.operation);
          this.settle(request.requestNumber, (asked) => asked.reject(error));
        }
        return;
      case 'refused':
      case 'dropped':
        return;
    }
  }

  private settle(requestNumber: number, how: (asked: PendingRequest) => void): void {
    const asked = this.outstanding.get(requestNumber);
    this.outstanding.delete(requestNumber);
    if (asked === undefined) return;
    clearTimeout(asked.timer);
    how(asked);
  }
}
