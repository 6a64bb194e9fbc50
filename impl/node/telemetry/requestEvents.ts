import { primaryOf } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { Message } from '../../replica/data/messages.ts';
import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import type { Input } from '../../replica/step.ts';
import { isLeading, type ObservedState } from './observedState.ts';
import type { EventDetails, Publish } from './telemetryEvents.ts';

/** What becomes of requests. A primary's are known by their op-numbers, from when they come until it has executed them. */
export class RequestEvents {
  private readonly tell: Publish;
  /** Op-number → when the request came. */
  private readonly running = new Map<number, number>();

  constructor(tell: Publish) {
    this.tell = tell;
  }

  /** If a request has come, tells what was done with it. */
  arrived(replica: Replica, before: ObservedState, input: Input, outputs: readonly Output[]): void {
    if (input.type !== 'message' || input.message.type !== 'REQUEST') return;
    if (outputs.some(({ type }) => type === 'dropped' || type === 'refused')) return;
    const { message } = input;
    const { clientId, session, requestNumber, operation } = message;
    const at = replica.log.length;
    if (at > before.log.length) {
      this.running.set(at, performance.now());
      this.tell('request-start', { clientId, session, requestNumber, at, operation });
    } else if (isForwarded(replica, outputs, message)) {
      const to = primaryOf(replica.configuration, replica.viewNumber);
      this.tell('request-forwarded', { clientId, session, requestNumber, to });
    } else this.tell('request-answered', { clientId, session, requestNumber });
  }

  /** A step was taken. */
  follow(after: ObservedState, outputs: readonly Output[]): void {
    if (this.running.size === 0) return;
    for (const output of outputs)
      if (output.type === 'executed' || output.type === 'registered' || output.type === 'turned-away')
        this.stop(output.opNumber, output.type);
    if (!isLeading(after)) this.end();
  }

  /** Those that are left are in the hands of others. */
  end(): void {
    for (const at of this.running.keys()) this.stop(at, 'unknown');
  }

  private stop(at: number, outcome: EventDetails['request-stop']['outcome']): void {
    const since = this.running.get(at);
    if (since === undefined) return;
    this.running.delete(at);
    this.tell('request-stop', { at, outcome, duration: performance.now() - since });
  }
}

/** What is forwarded may have to wait until something is durable. */
function isForwarded({ held }: Replica, outputs: readonly Output[], request: Request): boolean {
  const isIt = (message: Message): boolean => message === request;
  const last = held.at(-1)?.output;
  return (
    outputs.some((output) => output.type === 'send' && isIt(output.message)) ||
    (last?.type === 'send' && isIt(last.message))
  );
}
