import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import { channels } from './channels.ts';
import type { Publish } from './telemetryEvents.ts';

/**
 * Publishes evictions, which no output of a step names. While `client-evicted` has a subscriber, the names of registered
 * clients are kept, and compared with the client-table when a registration did not make it one row longer.
 */
export class Evictions {
  private readonly publish: Publish;
  private known: Set<string> | undefined;

  constructor(publish: Publish) {
    this.publish = publish;
  }

  /** Follows a step. */
  follow({ clientTable, configuration }: Replica, outputs: readonly Output[]): void {
    if (!channels['client-evicted'].hasSubscribers || configuration.sessions === Number.POSITIVE_INFINITY) {
      this.known = undefined;
      return;
    }
    if (this.known === undefined || outputs.some(({ type }) => type === 'restored')) {
      this.known = new Set(keysOf(clientTable));
      return;
    }
    for (const output of outputs) {
      if (output.type === 'registered') this.known.add(output.request.clientId);
      // Unless the client has a later session.
      if (output.type === 'ended' && clientTable.get(output.request.clientId) === undefined)
        this.known.delete(output.request.clientId);
    }
    if (this.known.size === clientTable.size) return;
    for (const clientId of this.known) {
      if (clientTable.get(clientId) !== undefined) continue;
      this.known.delete(clientId);
      this.publish('client-evicted', { clientId });
    }
  }
}

function keysOf(table: Replica['clientTable']): readonly string[] {
  return [...table].map(([clientId]) => clientId);
}
