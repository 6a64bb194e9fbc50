import { primaryOf } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { Message } from '../../replica/data/messages.ts';
import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import type { Input } from '../../replica/step.ts';
import type { Clock } from '../platform/clock.ts';
import { isLeading, type ObservedState } from './observedState.ts';
import type { EventDetails, Publish } from './telemetryEvents.ts';
import { traceparentOf } from './traceContext.ts';

/** Publishes what becomes of requests. The primary follows each by its op-number, from arrival to execution. */
export class RequestEvents {
  private readonly publish: Publish;
  private readonly clock: Clock;
  /** Op-number → when the request arrived, by the clock. */
  private readonly running = new Map<number, number>();

  constructor(publish: Publish, clock: Clock) {
    this.publish = publish;
    this.clock = clock;
  }

  /** Publishes how a request was handled, if the input was one. */
  arrived(replica: Replica, before: ObservedState, input: Input, outputs: readonly Output[]): void {
    if (input.type !== 'message' || input.message.type !== 'REQUEST') return;
    if (outputs.some(({ type }) => type === 'dropped' || type === 'rejected')) return;
    const { message } = input;
    const { clientId, session, requestNumber, operation } = message;
    const at = replica.log.length;
    if (at > before.log.length) {
      this.running.set(at, this.clock.now());
      const traceparent = traceparentOf(message);
      this.publish('request-start', { clientId, session, requestNumber, at, operation, traceparent });
    } else if (isForwarded(replica, outputs, message)) {
      const to = primaryOf(replica.configuration, replica.viewNumber);
      this.publish('request-forwarded', { clientId, session, requestNumber, to });
    } else this.publish('request-answered', { clientId, session, requestNumber });
  }

  /** Follows a step. */
  follow(after: ObservedState, outputs: readonly Output[]): void {
    if (this.running.size === 0) return;
    for (const output of outputs) if (isOutcome(output)) this.stop(output.opNumber, output.type);
    if (!isLeading(after)) this.end();
  }

  /** The replica is primary no more: the outcome of its open requests is unknown here. */
  end(): void {
    for (const at of this.running.keys()) this.stop(at, 'unknown');
  }

  private stop(at: number, outcome: EventDetails['request-stop']['outcome']): void {
    const since = this.running.get(at);
    if (since === undefined) return;
    this.running.delete(at);
    this.publish('request-stop', { at, outcome, duration: this.clock.now() - since });
  }
}

/** Whether the output says how an entry ended. */
function isOutcome(
  output: Output,
): output is Output & { readonly type: 'executed' | 'failed' | 'registered' | 'ended' | 'turned-away' } {
  return ['executed', 'failed', 'registered', 'ended', 'turned-away'].includes(output.type);
}

/** Whether the step forwards the request, now or once something is durable. */
function isForwarded({ held }: Replica, outputs: readonly Output[], request: Request): boolean {
  const isIt = (message: Message): boolean => message === request;
  const last = held.at(-1)?.output;
  return (
    outputs.some((output) => output.type === 'send' && isIt(output.message)) ||
    (last?.type === 'send' && isIt(last.message))
  );
}
