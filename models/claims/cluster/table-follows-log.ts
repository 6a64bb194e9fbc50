import type { Replica } from '../../../impl/index.ts';
import { sameJson } from '../../../spec/promise/index.ts';
import type { ReplicaStep, StepClaim } from '../claim.ts';

/** A client-table that says something else than the log drops requests, or runs them twice. */
export const tableFollowsLog: StepClaim = {
  name: 'table-follows-log',
  level: 'cluster',
  prose:
    'The client-table is a function of the log: running requests are exactly those that are logged and not yet executed.',
  broken(step) {
    const { old, now } = step;
    if (now.replica === undefined) return undefined;
    const unchanged =
      now.replica.log === old.replica?.log && now.replica.commitNumber === old.replica.commitNumber;
    return unchanged ? undefined : (runningDiffers(now.replica) ?? resultDiffers(step, now.replica));
  },
};

function runningDiffers({ log, commitNumber, pending }: Replica): string | undefined {
  const expected = new Map<string, number>();
  for (const { clientId, requestNumber } of log.entriesAfter(commitNumber))
    expected.set(clientId, requestNumber);
  if (expected.size !== pending.size)
    return `The table has ${pending.size} requests running, and the log ${expected.size}.`;
  for (const [clientId, requestNumber] of expected) {
    if (pending.get(clientId) === requestNumber) continue;
    return `The log has request ${requestNumber} of client ${clientId} running, and the table has not.`;
  }
  return undefined;
}

/** The entry executed last must have its own number and result in the table. */
function resultDiffers({ after }: ReplicaStep, { executed }: Replica): string | undefined {
  const last = after.last?.outputs.findLast((output) => output.type === 'executed');
  if (last?.type !== 'executed') return undefined;
  const { clientId, requestNumber } = last.request;
  const line = executed.get(clientId);
  if (line?.requestNumber === requestNumber && sameJson(line.result, last.result)) return undefined;
  return `Request ${requestNumber} of client ${clientId} was executed, and the table has ${line?.requestNumber ?? 'nothing'}.`;
}
