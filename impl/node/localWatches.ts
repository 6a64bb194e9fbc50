import type { Output } from '../replica/data/outputs.ts';
import type { Replica } from '../replica/data/replica.ts';
import type { Service } from '../service/service.ts';
import { ClientWatches, type WatchOptions } from './client/clientWatches.ts';
import { usualDeadline } from './client/pendingRequest.ts';
import { processClock } from './platform/clock.ts';
import { Watches } from './watch/watches.ts';
import type { Unwatch, WatchEvent, WatchRequest } from './watch/watchMessages.ts';

/** The watches of a client whose replicas are in its process. */
export class LocalWatches {
  private readonly service: Service;
  private readonly maxChars: number;
  private readonly client: ClientWatches<WatchRequest | Unwatch>;
  /** Those of each replica that runs: a later start has others. */
  private readonly running = new Map<number, Watches>();

  /** `tick`: milliseconds. `maxChars`: the most characters of JSON in an answer, unless one entry has more. */
  constructor(size: number, tick: number, service: Service, maxChars: number) {
    this.service = service;
    this.maxChars = maxChars;
    this.client = new ClientWatches({
      size,
      delay: 2 * tick,
      frameOf: (message) => message,
      send: (to, message) => this.send(to, message),
      isConnected: (number) => this.running.has(number),
      isUnreachable: (number) => !this.running.has(number),
      problems: (told) => [...told].map(([number, reason]) => ` Replica ${number}: ${reason}.`).join(''),
    });
  }

  /** See `ClusterClient.watch`. */
  watch(key: string, options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
    return this.client.watch(key, { ...options, deadline: options.deadline ?? usualDeadline });
  }

  /** A replica starts. Yields what is to be told of its steps. */
  start(number: number): (replica: Replica, outputs: readonly Output[]) => void {
    const watches = new Watches(this.service, this.maxChars);
    this.running.set(number, watches);
    this.client.connectionChanged(number);
    return (replica, outputs) => watches.take(replica, outputs);
  }

  /** A replica stops. */
  stop(number: number): void {
    this.running.delete(number);
    this.client.connectionChanged(number);
  }

  /** Ends all watches. */
  close(): void {
    this.client.close(undefined);
  }

  /** A message arrives unless its replica has stopped meanwhile, and so does the answer. */
  private send(to: number, message: WatchRequest | Unwatch): boolean {
    const watches = this.running.get(to);
    if (watches === undefined) return false;
    const later = (act: () => void): void => {
      processClock.soon(() => {
        if (this.running.get(to) === watches) act();
      });
    };
    later(() => {
      if (message.type === 'unwatch') return watches.cancel(this, message.id);
      const { id, after } = message;
      watches.ask(this, message, (outcome) =>
        later(() =>
          this.client.receive(
            to,
            outcome.type === 'changes' ? { ...outcome, id, after } : { ...outcome, id },
          ),
        ),
      );
    });
    return true;
  }
}
