import type { ClientRecord } from '../../../../impl/index.ts';
import { isEntryOutcome } from '../../ghost/ghostState.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** A reply may be lost: then the table alone can give the answer, for the request is not executed again. */
export const awaitedIsKept: Invariant = {
  name: 'awaited-is-kept',
  level: 'state',
  prose:
    'As long as a client waits for the answer to a request that was executed, its result is in the client-table.',
  evidence: {
    reached: { answered: 200, 'two-outstanding': 20 },
    brokenBy: { mutant: 'window-of-results-short', replicas: 3, mode: 'diskless' },
  },
  check(step) {
    if (!step.after.last?.outputs.some(isEntryOutcome)) return undefined;
    for (const [clientId, line] of step.now.replica?.clientTable ?? []) {
      const lost = awaitedBy(step, clientId).find((requestNumber) => isLost(line, requestNumber));
      if (lost !== undefined)
        return `Client ${clientId} waits for the answer to request ${lost}, and its result is no longer kept.`;
    }
    return undefined;
  },
};

/** The numbers of the requests for which the client with this identity waits. */
function awaitedBy({ after }: ReplicaStep, clientId: string): readonly number[] {
  const machine = after.clients.find(({ client }) => client.clientId === clientId);
  return machine?.client.outstanding.map(({ requestNumber }) => requestNumber) ?? [];
}

function isLost({ requestNumber: latest, results }: ClientRecord, requestNumber: number): boolean {
  return requestNumber <= latest - results.length;
}
