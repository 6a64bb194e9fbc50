import type { ClientRecord } from '../../../../impl/index.ts';
import { isEntryOutcome } from '../../ghost/ghostState.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

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
  check(step) {
    if (!step.after.last?.outputs.some(isEntryOutcome)) return undefined;
    for (const [clientId, record] of step.now.replica?.clientTable ?? []) {
      const lost = awaitedBy(step, clientId).find((requestNumber) => isLost(record, requestNumber));
      if (lost !== undefined)
        return `Client ${clientId} waits for the answer to request ${lost}, and the client-table no longer holds its result.`;
    }
    return undefined;
  },
};

/** The numbers of the requests for which the client with this identity waits. The end of a session has no result. */
function awaitedBy({ after }: ReplicaStep, clientId: string): readonly number[] {
  const machine = after.clients.find(({ client }) => client.clientId === clientId);
  const numbers = machine?.client.outstanding.map(({ requestNumber }) => requestNumber) ?? [];
  return numbers.filter((requestNumber) => requestNumber > 0);
}

function isLost({ requestNumber: latest, results }: ClientRecord, requestNumber: number): boolean {
  return requestNumber <= latest - results.length;
}
