import type { ClientRecord, Request } from '../../../../impl/index.ts';
import { entryOutcomes } from '../../ghost/ghostState.ts';
import type { Invariant } from '../invariant.ts';

/** A reply can be lost, and the request is not executed again: then only the client-table can answer it. */
export const awaitedIsKept: Invariant = {
  name: 'awaited-is-kept',
  level: 'state',
  prose:
    'While a client waits for the answer to a request that was executed, the client-table holds its ' +
    'result.',
  evidence: {
    reached: { answered: 200, 'two-outstanding': 20 },
    brokenBy: { mutant: 'window-of-results-short', replicas: 3, mode: 'diskless' },
  },
  outputs: entryOutcomes,
  check(step) {
    const { after, now } = step;
    if (now.replica === undefined) return undefined;
    for (const { client } of after.clients) {
      if (client.outstanding.length === 0) continue;
      const record = now.replica.clientTable.get(client.clientId);
      const lost = record && client.outstanding.find((request) => isLost(record, request));
      if (lost !== undefined)
        return `Client ${client.clientId} waits for the answer to request ${lost.requestNumber}, and the client-table no longer holds its result.`;
    }
    return undefined;
  },
};

/** Whether the record had the result of the request and has it no more. The end of a session has no result. */
function isLost({ requestNumber: latest, results }: ClientRecord, { requestNumber }: Request): boolean {
  return requestNumber > 0 && requestNumber <= latest - results.length;
}
