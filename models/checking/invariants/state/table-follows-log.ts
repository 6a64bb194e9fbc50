import type { Replica } from '../../../../impl/index.ts';
import { sameJson } from '../../../../spec/promise/index.ts';
import { expectedTable } from '../../ghost/expectedTable.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** A client-table that disagrees with the log drops requests, or executes them twice. */
export const tableFollowsLog: Invariant = {
  name: 'table-follows-log',
  level: 'state',
  prose:
    'The client-table is a function of the log: its running requests are exactly those that are logged ' +
    'and not yet executed, and its sessions and latest results are those that the executed entries ' +
    'produce.',
  evidence: {
    reached: { answered: 200, 'suffix-discarded': 1 },
    brokenBy: { mutant: 'table-not-rebuilt', replicas: 3, mode: 'durable' },
  },
  check(step) {
    const { old, now } = step;
    if (now.replica === undefined) return undefined;
    const isSameTable =
      now.replica.commitNumber === old.replica?.commitNumber &&
      now.replica.clientTable === old.replica.clientTable;
    if (isSameTable && now.replica.log === old.replica?.log) return undefined;
    return runningDiffers(now.replica) ?? (isSameTable ? undefined : recordsDiffer(step, now.replica));
  },
};

function runningDiffers({ log, commitNumber, pending }: Replica): string | undefined {
  const expected = new Map<string, number>();
  let opNumber = commitNumber;
  for (const { clientId } of log.entriesAfter(opNumber)) expected.set(clientId, ++opNumber);
  if (expected.size !== pending.size)
    return `The table has ${pending.size} running requests, and the log has ${expected.size}.`;
  for (const [clientId, running] of expected) {
    if (pending.get(clientId) === running) continue;
    const { requestNumber } = log.at(running);
    return `The log has request ${requestNumber} of client ${clientId} running, and the table has not.`;
  }
  return undefined;
}

/** The records of the table must be those that the executed entries produce. */
function recordsDiffer({ after, executed }: ReplicaStep, replica: Replica): string | undefined {
  const { commitNumber, clientTable: table } = replica;
  if (commitNumber > executed.history.length) return undefined;
  const expected = expectedTable(executed, after, commitNumber);
  for (const [clientId, record] of expected) {
    const held = table.get(clientId);
    if (held !== undefined && sameJson(held, record)) continue;
    const { requestNumber } = record;
    return `Request ${requestNumber} of client ${clientId} was executed, and the table has ${held?.requestNumber ?? 'nothing'}.`;
  }
  return table.size === expected.size
    ? undefined
    : `The table has records of ${table.size} clients, and the log produces ${expected.size}.`;
}
