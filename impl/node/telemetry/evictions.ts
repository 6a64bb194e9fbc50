import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import { channels } from './channels.ts';
import type { Publish } from './telemetryEvents.ts';

/**
 * Who is evicted, which no output names. As long as somebody listens, the names of the registered are kept, and compared with
 * the client-table when a registration did not make it as much larger as it would have.
 */
export class Evictions {
  private readonly tell: Publish;
  private known: Set<string> | undefined;

  constructor(tell: Publish) {
    this.tell = tell;
  }

  /** A step was taken. */
  follow({ clientTable, configuration }: Replica, outputs: readonly Output[]): void {
    if (!channels['client-evicted'].hasSubscribers || configuration.sessions === Number.POSITIVE_INFINITY) {
      this.known = undefined;
      return;
    }
    if (this.known === undefined || outputs.some(({ type }) => type === 'restored')) {
      this.known = new Set(keysOf(clientTable));
      return;
    }
    for (const output of outputs) if (output.type === 'registered') this.known.add(output.request.clientId);
    if (this.known.size === clientTable.size) return;
    for (const clientId of this.known) {
      if (clientTable.get(clientId) !== undefined) continue;
      this.known.delete(clientId);
      this.tell('client-evicted', { clientId });
    }
  }
}

function keysOf(table: Replica['clientTable']): readonly string[] {
  return [...table].map(([clientId]) => clientId);
}
