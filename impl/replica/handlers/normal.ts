import type { Predicted } from '../../service/service.ts';
import { recordFor, resultIn, sessionOf } from '../data/clientTable.ts';
import { primaryOf } from '../data/configuration.ts';
import type { Request } from '../data/entry.ts';
import type { LogSuffix } from '../data/log.ts';
import type { Commit, Prepare, PrepareOk } from '../data/messages.ts';
import { isPrimary, type Replica } from '../data/replica.ts';
import {
  arm,
  broadcast,
  disarm,
  drop,
  persistLog,
  reject,
  reply,
  type StepContext,
  send,
  sendToPrimary,
} from '../transitions/effects.ts';
import { append, executeUpTo } from '../transitions/execution.ts';
import { fetchMissing, transferTo } from '../transitions/transfer.ts';
import { acknowledge, startResending } from '../transitions/view.ts';

/**
 * ⟨REQUEST op, c, s⟩, VRR §4.1 steps 1–3. The primary orders a fresh request; any replica answers the repetition of
 * an executed one. Departure (VRR §4.1, left open there): a backup forwards a fresh request to the primary.
 */
export function onRequest(context: StepContext, request: Request, reading: Predicted | undefined): void {
  const { replica } = context;
  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  const { clientId, requestNumber } = request;
  const line = recordFor(replica.clientTable, request, replica.configuration);
  const result = line && resultIn(line, requestNumber);
  if (result !== undefined) {
    const { viewNumber } = replica;
    return reply(context, { type: 'REPLY', viewNumber, clientId, requestNumber, result });
  }
  if (line !== undefined && requestNumber <= line.requestNumber)
    return drop(context, 'later-request-executed');
  // Where nothing is known of the client it was evicted, and the log will say so.
  const latest = latestRunning(replica, request) ?? line?.requestNumber ?? requestNumber - 1;
  if (requestNumber <= latest) return drop(context, 'request-in-progress');
  if (requestNumber > latest + 1) return drop(context, 'earlier-request-missing');
  if (!isPrimary(replica)) return sendToPrimary(context, request);
  prepare(context, request, reading);
}

/** The number of the latest request among the entries not yet executed that are of the same session, if there are any. */
function latestRunning(
  { pending, log }: Replica,
  { clientId, session, requestNumber }: Request,
): number | undefined {
  const opNumber = pending.get(clientId);
  if (opNumber === undefined) return undefined;
  const entry = log.at(opNumber);
  return requestNumber === 0 || sessionOf(entry, opNumber) === session ? entry.requestNumber : undefined;
}

/** Gives the request the next op-number and asks the backups to hold it, VRR §4.1 step 3. */
function prepare(
  context: StepContext,
  { operation, clientId, session, requestNumber }: Request,
  reading: Predicted | undefined,
): void {
  const { replica } = context;
  const predicted = predict(replica, reading);
  const firstUncommitted = replica.log.length === replica.commitNumber;
  append(replica, { type: 'REQUEST', operation, clientId, session, requestNumber, predicted });
  persistLog(context, replica.log.length - 1);
  if (replica.configuration.size > 1) sendPrepares(context);
  acknowledge(context);
  if (firstUncommitted && replica.configuration.size > 1) startResending(context);
}

/** What the primary predicts for the next entry, VRR §4.4. Its clock may be behind that of the primary before it. */
function predict({ log }: Replica, reading: Predicted | undefined): Predicted {
  const { time, random } = reading ?? { time: 0, random: 0 };
  return { time: Math.max(time, log.lastTime), random };
}

/**
 * ⟨PREPARE v, m, n, k⟩ to all backups, VRR §4.1 step 3. Only so many may be outstanding; what is ordered meanwhile waits,
 * and goes into one message when others are committed (VRR §6.2: batching), or into several if it takes more maxChars.
 */
function sendPrepares(context: StepContext): void {
  const { replica } = context;
  const { log, configuration } = replica;
  for (let sent = sentUpTo(replica); sent < log.length; sent = sentUpTo(replica)) {
    if (replica.prepares.length >= configuration.pipeline) return;
    // One entry goes whatever its size, and mostly there is only one: then nothing need be measured.
    const suffix = sent + 1 === log.length ? log.suffix(sent) : log.piece(sent, configuration.maxChars);
    // The backups may write while the primary does: its own acknowledgement waits, the PREPARE need not.
    broadcast(context, prepareOf(replica, suffix), 'view');
    replica.prepares = [...replica.prepares, suffix.opNumber];
    arm(context, 'heartbeat');
  }
}

/** What a backup fetched may be committed before a PREPARE carried it, and need not be sent any more. */
function sentUpTo({ prepares, commitNumber }: Replica): number {
  return Math.max(prepares.at(-1) ?? 0, commitNumber);
}

function prepareOf({ viewNumber, commitNumber }: Replica, suffix: LogSuffix): Prepare {
  return { type: 'PREPARE', viewNumber, suffix, opNumber: suffix.opNumber, commitNumber };
}

/** ⟨PREPARE v, m, n, k⟩, VRR §4.1 step 4: strictly in log order, and acknowledged once all of it is held. */
export function onPrepare(context: StepContext, message: Prepare): void {
  const { replica } = context;
  if (!acceptsPrimary(context, message.viewNumber)) return;
  const held = replica.log.length;
  if (message.suffix.after > held) return fetchMissing(context);
  if (message.opNumber > held) {
    for (const request of message.suffix.entriesAfter(held)) append(replica, request);
    persistLog(context, held);
  }
  commitUpTo(context, message.commitNumber);
  acknowledge(context);
}

/** ⟨COMMIT v, k⟩, VRR §4.1: the idle primary tells what is committed, and that it is alive. */
export function onCommit(context: StepContext, message: Commit): void {
  if (!acceptsPrimary(context, message.viewNumber)) return;
  if (message.commitNumber > context.replica.log.length) return fetchMissing(context);
  commitUpTo(context, message.commitNumber);
}

/** Whether this replica is a backup in the view, and may act on what its primary says. A later view is fetched first. */
function acceptsPrimary(context: StepContext, viewNumber: number): boolean {
  const { replica } = context;
  if (viewNumber > replica.viewNumber) {
    transferTo(context, viewNumber);
    return false;
  }
  if (viewNumber < replica.viewNumber || replica.status !== 'normal') {
    drop(context, viewNumber < replica.viewNumber ? 'view-is-over' : 'status-not-normal');
    return false;
  }
  arm(context, 'suspect');
  return true;
}

/**
 * A backup executes what its primary has committed. A view in which that is something, or nothing is left to commit, is of use:
 * only then is its primary given up as soon as the first was (VRR §4.2). Forgotten when a view starts, the backoff would come to
 * nothing where starting views keeps the network so busy that their primaries are never heard in time.
 */
function commitUpTo(context: StepContext, commitNumber: number): void {
  const { replica } = context;
  const committed = replica.commitNumber;
  executeUpTo(context, commitNumber);
  if (replica.commitNumber > committed || replica.commitNumber === replica.log.length)
    replica.viewChanges = 0;
}

/** ⟨PREPAREOK v, n, i⟩, VRR §4.1 step 5: what a quorum holds, the primary included, is committed, and all before it. */
export function onPrepareOk(context: StepContext, message: PrepareOk): void {
  const { replica } = context;
  const { viewNumber, opNumber, replicaNumber } = message;
  if (primaryOf(replica.configuration, viewNumber) !== replica.replicaNumber) {
    return reject(context, { code: 'receiver-is-not-the-primary', viewNumber });
  }
  if (viewNumber !== replica.viewNumber) return drop(context, 'acknowledgement-of-another-view');
  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  if (opNumber > replica.log.length) return reject(context, { code: 'never-prepared', opNumber });
  const known = replica.acknowledged[replicaNumber] ?? 0;
  if (opNumber <= known) return drop(context, 'already-acknowledged');
  replica.acknowledged = replica.acknowledged.with(replicaNumber, opNumber);
  const committed = replica.commitNumber;
  executeUpTo(context, heldByQuorum(replica));
  if (replica.commitNumber > committed) onCommitted(context);
}

/** The highest op-number that a quorum of distinct replicas has acknowledged in this view. */
function heldByQuorum({ acknowledged, configuration }: Replica): number {
  let highest = 0;
  for (const opNumber of acknowledged) {
    if (opNumber <= highest) continue;
    let holders = 0;
    for (const other of acknowledged) if (other >= opNumber) holders++;
    if (holders >= configuration.quorum) highest = opNumber;
  }
  return highest;
}

/** Something was committed, which makes room for further PREPAREs. */
function onCommitted(context: StepContext): void {
  const { replica } = context;
  const { commitNumber, log, configuration } = replica;
  if (configuration.size === 1) return;
  replica.prepares = replica.prepares.filter((opNumber) => opNumber > commitNumber);
  if (commitNumber === log.length) return disarm(context, 'resend');
  sendPrepares(context);
  startResending(context);
}

/** The primary has been idle: ⟨COMMIT v, k⟩ to all backups, VRR §4.1. */
export function onHeartbeat(context: StepContext): void {
  const { replica } = context;
  const { viewNumber, commitNumber } = replica;
  if (replica.status !== 'normal' || !isPrimary(replica)) return drop(context, 'not-the-primary');
  broadcast(context, { type: 'COMMIT', viewNumber, commitNumber }, 'view');
  arm(context, 'heartbeat');
}

/**
 * Departure (VRR §4.1, left open there): the last entry that was sent is sent again to whoever has not acknowledged it.
 * That is enough: an acknowledgement covers all before it, and who lacks more fetches all of it at once.
 */
export function resendPrepare(context: StepContext): void {
  const { replica } = context;
  const sent = sentUpTo(replica);
  if (sent === replica.commitNumber) return drop(context, 'everything-committed');
  const message = prepareOf(replica, replica.log.prefix(sent).suffix(sent - 1));
  replica.acknowledged.forEach((opNumber, to) => {
    if (to !== replica.replicaNumber && opNumber < message.opNumber) send(context, to, message, 'view');
  });
  replica.retransmissions++;
  arm(context, 'resend');
}
