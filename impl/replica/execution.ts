import { Map as PersistentMap } from 'immutable';
import { takeCheckpoint } from './checkpoint.ts';
import { type Effects, reply } from './effects.ts';
import type { Log } from './log.ts';
import type { Entry } from './messages.ts';
import { isPrimary, type Replica } from './replica.ts';

/** Appends one request to the log and notes it in the client-table, without a result yet (VRR §4.1). */
export function append(replica: Replica, request: Entry): void {
  replica.log = replica.log.append(request);
  replica.pending = replica.pending.asMutable().set(request.clientId, request.requestNumber);
}

/**
 * Executes every entry up to `commitNumber`, or up to the log's end if that comes first, each once and after its
 * predecessor; caches each result, and at the primary answers the client (VRR §4.1 steps 5–7).
 */
export function executeUpTo(replica: Replica, effects: Effects, commitNumber: number): void {
  const last = Math.min(commitNumber, replica.log.length);
  while (replica.commitNumber < last) execute(replica, effects, replica.commitNumber + 1);
}

function execute(replica: Replica, effects: Effects, opNumber: number): void {
  const request = replica.log.at(opNumber);
  const { clientId, requestNumber } = request;
  const { service } = replica.configuration;
  const { state, result } = service.apply(replica.serviceState, request.operation, request.predicted);
  replica.serviceState = state;
  replica.commitNumber = opNumber;
  replica.executed = replica.executed.asMutable().set(clientId, { requestNumber, result });
  if (replica.pending.get(clientId) === requestNumber)
    replica.pending = replica.pending.asMutable().delete(clientId);
  effects.outputs.push({ type: 'executed', opNumber, request, result });
  if (replica.status === 'normal' && isPrimary(replica)) {
    reply(replica, effects, {
      type: 'REPLY',
      viewNumber: replica.viewNumber,
      clientId,
      requestNumber,
      result,
    });
  }
  if (opNumber % replica.configuration.checkpointEvery === 0) takeCheckpoint(replica, effects);
}

/**
 * Replaces the log, executes what is committed, and makes the client-table again what the log says.
 * Repair (VRR §4.2): a request that was appended and then lost with its view must not be taken for a running one.
 * The new log begins with everything that was executed; only what follows is looked at.
 */
export function replaceLog(replica: Replica, effects: Effects, log: Log, commitNumber: number): void {
  replica.log = log;
  executeUpTo(replica, effects, commitNumber);
  rebuildPending(replica);
}

/** Makes the table of running requests again what the log says. */
export function rebuildPending(replica: Replica): void {
  replica.pending = PersistentMap<string, number>().withMutations((pending) => {
    for (const { clientId, requestNumber } of replica.log.entriesAfter(replica.commitNumber)) {
      pending.set(clientId, requestNumber);
    }
  });
}
