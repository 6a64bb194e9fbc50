import type { Replica } from '../../../../impl/index.ts';
import { sameJson } from '../../../../spec/promise/index.ts';
import { expectedTable } from '../../ghost/expectedTable.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** A client-table that says something else than the log drops requests, or runs them twice. */
export const tableFollowsLog: Invariant = {
  name: 'table-follows-log',
  level: 'state',
  prose:
    'The client-table is a function of the log: running requests are exactly those that are logged and not yet executed, ' +
    'and of those that are it holds the sessions and the latest results that they lead to.',
  evidence: {
    reached: { answered: 200, 'suffix-discarded': 1 },
    brokenBy: { mutant: 'table-not-rebuilt', replicas: 3, mode: 'durable' },
  },
  check(step) {
    const { old, now } = step;
    if (now.replica === undefined) return undefined;
    const unchanged =
      now.replica.log === old.replica?.log && now.replica.commitNumber === old.replica.commitNumber;
    return unchanged ? undefined : (runningDiffers(now.replica) ?? linesDiffer(step, now.replica));
  },
};

function runningDiffers({ log, commitNumber, pending }: Replica): string | undefined {
  const expected = new Map<string, number>();
  let opNumber = commitNumber;
  for (const { clientId } of log.entriesAfter(opNumber)) expected.set(clientId, ++opNumber);
  if (expected.size !== pending.size)
    return `The table has ${pending.size} requests running, and the log ${expected.size}.`;
  for (const [clientId, running] of expected) {
    if (pending.get(clientId) === running) continue;
    const { requestNumber } = log.at(running);
    return `The log has request ${requestNumber} of client ${clientId} running, and the table has not.`;
  }
  return undefined;
}

/** Of what is executed the table must hold what all that was executed leads to. */
function linesDiffer({ after, executed }: ReplicaStep, replica: Replica): string | undefined {
  const { commitNumber, clientTable: table } = replica;
  if (commitNumber > executed.history.length) return undefined;
  const expected = expectedTable(executed, after, commitNumber);
  for (const [clientId, line] of expected) {
    const held = table.get(clientId);
    if (held !== undefined && sameJson(held, line)) continue;
    const { requestNumber } = line;
    return `Request ${requestNumber} of client ${clientId} was executed, and the table has ${held?.requestNumber ?? 'nothing'}.`;
  }
  return table.size === expected.size
    ? undefined
    : `The table has lines of ${table.size} clients, and the log leads to ${expected.size}.`;
}
