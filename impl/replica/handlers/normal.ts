import { type ClientRecord, outcomeIn, recordFor, sessionOf } from '../data/clientTable.ts';
import { primaryOf } from '../data/configuration.ts';
import { endsSession, type Request } from '../data/entry.ts';
import type { LogSuffix } from '../data/log.ts';
import type { Commit, CommitOk, Prepare, PrepareOk } from '../data/messages.ts';
import { isPrimary, type Replica, reachedByQuorum } from '../data/replica.ts';
import { including } from '../data/replicaSet.ts';
import { hearClock, predict } from '../transitions/agreedTime.ts';
import { commitOf, compareWith, compareWithAgreed, summaryOf } from '../transitions/divergence.ts';
import {
  alarm,
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
import { answerOf, append, executeUpTo, extendTo } from '../transitions/execution.ts';
import { joinLogs } from '../transitions/joining.ts';
import { fetchMissing, transferTo } from '../transitions/transfer.ts';
import { acknowledge, startResending } from '../transitions/view.ts';

/**
 * ⟨REQUEST op, c, s⟩ from a client or a backup, VRR §4.1 steps 1–3. The primary orders a new request. Any replica
 * answers an executed request from its client-table.
 *
 * Departure (VRR §4.1 leaves it open): a backup forwards a new request to the primary.
 */
export function onRequest(context: StepContext, request: Request): void {
  const { replica } = context;
  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  const { requestNumber } = request;
  if (endsSession(request)) return onEndOfSession(context, request);
  const record = recordFor(replica.clientTable, request, replica.configuration);
  const outcome = record && outcomeIn(record, requestNumber);
  if (outcome !== undefined) return reply(context, answerOf(replica, request, outcome));
  if (record !== undefined && requestNumber <= record.requestNumber)
    return drop(context, 'later-request-executed');
  // A client without a record was evicted, or registers now. Execution decides which, at the same entry at every replica.
  const latest = latestPending(replica, request) ?? record?.requestNumber ?? requestNumber - 1;
  if (requestNumber <= latest) return drop(context, 'request-in-progress');
  if (requestNumber > latest + 1) return onGap(context, request, record);
  order(context, request);
}

/**
 * The log has not the request before this one, which may be on its way.
 *
 * Departure: if the client has an answer to a missing one, it was lost after it was committed, and never comes. The session is over then. A
 * primary knows all that was committed in views up to its own, and an answer comes from a replica that has executed the request in its
 * view. What the log has of the session is certain once none of its entries is still to be executed.
 */
function onGap(context: StepContext, request: Request, record: ClientRecord | undefined): void {
  const { replica } = context;
  const { clientId, requestNumber, answered = 0, viewNumber: seen = 0 } = request;
  const mayCome = record === undefined || replica.pending.has(clientId) || answered <= record.requestNumber;
  if (mayCome || seen > replica.viewNumber || !isPrimary(replica))
    return drop(context, 'earlier-request-missing');
  const missing = record.requestNumber + 1;
  alarm(context, { code: 'answered-request-missing', clientId, requestNumber: missing });
  reply(context, { type: 'EVICTED', viewNumber: replica.viewNumber, clientId, requestNumber });
}

/** Orders the request at the primary. A backup forwards it. */
function order(context: StepContext, request: Request): void {
  const { replica } = context;
  if (!isPrimary(replica)) return sendToPrimary(context, request);
  orderRequest(context, request);
}

/**
 * ⟨REQUEST null, c, s, 0⟩ with a session s: its client needs the session no more. VRR has no such message, because its
 * client-table is unbounded.
 *
 * The primary orders it once all entries of the client that are in the log are executed, and needs no place among the numbers of the
 * session: a client sends it once no request is outstanding, and a late copy of an earlier request is turned away. No replica
 * remembers sessions that have ended, so that a repetition is ordered once more, changes nothing, and is answered like the first.
 */
function onEndOfSession(context: StepContext, request: Request): void {
  const { replica } = context;
  if (isPrimary(replica) && replica.pending.has(request.clientId))
    return drop(context, 'request-in-progress');
  order(context, request);
}

/**
 * The number of the latest request of this session among the entries that are not executed, or undefined if there is
 * none.
 */
function latestPending(
  { pending, log }: Replica,
  { clientId, session, requestNumber }: Request,
): number | undefined {
  const opNumber = pending.get(clientId);
  if (opNumber === undefined) return undefined;
  const entry = log.at(opNumber);
  return requestNumber === 0 || sessionOf(entry, opNumber) === session ? entry.requestNumber : undefined;
}

/** Gives the request the next op-number and sends it to the backups, VRR §4.1 step 3. */
function orderRequest(context: StepContext, { operation, clientId, session, requestNumber }: Request): void {
  const { replica } = context;
  const predicted = predict(context);
  const firstUncommitted = replica.log.length === replica.commitNumber;
  append(replica, { type: 'REQUEST', operation, clientId, session, requestNumber, predicted });
  persistLog(context, replica.log.length - 1);
  if (replica.configuration.size > 1) sendPrepares(context);
  acknowledge(context);
  if (firstUncommitted && replica.configuration.size > 1) startResending(context);
}

/**
 * ⟨PREPARE v, m, n, k⟩ to all backups, VRR §4.1 step 3. At most `pipeline` PREPAREs are outstanding. Entries ordered
 * meanwhile wait, and share the next PREPARE (VRR §6.2: batching), within `maxChars`.
 */
function sendPrepares(context: StepContext): void {
  const { replica } = context;
  const { log, configuration } = replica;
  for (let sent = sentUpTo(replica); sent < log.length; sent = sentUpTo(replica)) {
    if (replica.prepares.length >= configuration.pipeline) return;
    // A single entry is sent whatever its size. It is the usual case, and measures nothing.
    const suffix = sent + 1 === log.length ? log.suffix(sent) : log.piece(sent, configuration.maxChars);
    // PREPARE need not wait for the primary's own write, which only the primary's acknowledgement depends on.
    broadcast(context, prepareOf(replica, suffix), 'view');
    replica.prepares = [...replica.prepares, suffix.opNumber];
    arm(context, 'heartbeat');
  }
}

/** The last entry that needs no further PREPARE: a PREPARE carried it, or it is committed. */
function sentUpTo({ prepares, commitNumber }: Replica): number {
  return Math.max(prepares.at(-1) ?? 0, commitNumber);
}

function prepareOf({ viewNumber, commitNumber }: Replica, suffix: LogSuffix): Prepare {
  return { type: 'PREPARE', viewNumber, suffix, opNumber: suffix.opNumber, commitNumber };
}

/**
 * ⟨PREPARE v, m, n, k⟩, VRR §4.1 step 4. A backup appends entries in log order only, and acknowledges them once it
 * holds all of them.
 */
export function onPrepare(context: StepContext, message: Prepare): void {
  const { replica } = context;
  if (!acceptsPrimary(context, message)) return;
  const held = replica.log.length;
  if (message.suffix.after > held) {
    answerPrimary(context, message.viewNumber);
    return fetchMissing(context);
  }
  const sender = primaryOf(replica.configuration, message.viewNumber);
  const log = joinLogs(context, replica.log, held, message.suffix, sender);
  if (log === undefined) return;
  if (log.length > held) {
    extendTo(replica, log);
    persistLog(context, held);
  }
  commitUpTo(context, message.commitNumber);
  acknowledge(context);
}

/**
 * ⟨COMMIT v, k, d⟩ from an idle primary, VRR §4.1. A backup executes the committed entries, and knows that the primary
 * is alive.
 */
export function onCommit(context: StepContext, message: Commit): void {
  if (!acceptsPrimary(context, message)) return;
  if (!compareWithAgreed(context, message.agreed)) return;
  answerPrimary(context, message.viewNumber);
  if (message.commitNumber > context.replica.log.length) return fetchMissing(context);
  const { log, configuration } = context.replica;
  const sender = primaryOf(configuration, message.viewNumber);
  if (joinLogs(context, log, message.commitNumber, message.suffix, sender) === undefined) return;
  commitUpTo(context, message.commitNumber);
}

/** ⟨COMMITOK v, i, t⟩ to the primary of a view that this replica is in, or fetches. */
function answerPrimary(context: StepContext, viewNumber: number): void {
  const { configuration, replicaNumber } = context.replica;
  const { time: clock } = context.reading;
  const checkpoint = summaryOf(context.replica);
  const message = { type: 'COMMITOK', viewNumber, replicaNumber, clock, checkpoint } as const;
  send(context, primaryOf(configuration, viewNumber), message, 'view');
}

/** ⟨COMMITOK v, i, t, d⟩ at the primary of view v: a backup hears it. */
export function onCommitOk(context: StepContext, message: CommitOk): void {
  const { replica } = context;
  const { viewNumber, replicaNumber } = message;
  if (primaryOf(replica.configuration, viewNumber) !== replica.replicaNumber)
    return reject(context, { code: 'receiver-is-not-the-primary', viewNumber });
  if (viewNumber !== replica.viewNumber) return drop(context, 'acknowledgement-of-another-view');
  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  const { comparisons } = replica;
  if (!compareWith(context, replicaNumber, message.checkpoint)) return;
  const isNews = hears(context, replicaNumber, message.clock) || replica.comparisons !== comparisons;
  if (!isNews) drop(context, 'already-heard');
}

/** Notes that the primary hears this replica, and what its clock shows. Returns whether any of this is news. */
function hears(context: StepContext, replicaNumber: number, clock: number): boolean {
  const { replica } = context;
  const { heard } = replica;
  replica.heard = including(heard, replicaNumber);
  return hearClock(context, replicaNumber, clock) || replica.heard !== heard;
}

/**
 * Whether this replica is a backup in the view and may obey its primary. A replica in an earlier view, or one that is
 * fetching the log of this one, fetches that log first.
 */
function acceptsPrimary(context: StepContext, message: Prepare | Commit): boolean {
  const { replica } = context;
  const { viewNumber } = message;
  if (replica.status === 'state-transfer' && replica.transfer?.viewNumber === viewNumber) {
    arm(context, 'suspect');
    answerPrimary(context, viewNumber);
    return false;
  }
  if (viewNumber > replica.viewNumber) {
    transferTo(context, message);
    if (replica.transfer?.viewNumber === viewNumber) answerPrimary(context, viewNumber);
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
 * Executes what the primary has committed, at a backup. Resets the view-change backoff only after progress: an entry
 * was committed, or none is left to commit (VRR §4.2). Resetting it at the start of a view can livelock a congested
 * group, because each primary is suspected before it is heard.
 */
function commitUpTo(context: StepContext, commitNumber: number): void {
  const { replica } = context;
  const committed = replica.commitNumber;
  executeUpTo(context, commitNumber);
  if (replica.commitNumber > committed || replica.commitNumber === replica.log.length)
    replica.viewChanges = 0;
}

/**
 * ⟨PREPAREOK v, n, i, t⟩, VRR §4.1 step 5. An entry that a quorum holds, the primary included, is committed with all
 * entries before it.
 */
export function onPrepareOk(context: StepContext, message: PrepareOk): void {
  const { replica } = context;
  const { viewNumber, opNumber, replicaNumber, clock } = message;
  if (primaryOf(replica.configuration, viewNumber) !== replica.replicaNumber) {
    return reject(context, { code: 'receiver-is-not-the-primary', viewNumber });
  }
  if (viewNumber !== replica.viewNumber) return drop(context, 'acknowledgement-of-another-view');
  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  if (opNumber > replica.log.length) return reject(context, { code: 'never-prepared', opNumber });
  if (joinLogs(context, replica.log, opNumber, message.suffix, replicaNumber) === undefined) {
    // What it acknowledged before, it may hold no longer.
    replica.acknowledged = replica.acknowledged.with(replicaNumber, 0);
    return;
  }
  const { comparisons } = replica;
  if (!compareWith(context, replicaNumber, message.checkpoint)) return;
  const isFirst = replicaNumber !== replica.replicaNumber && hears(context, replicaNumber, clock);
  const isHeard = isFirst || replica.comparisons !== comparisons;
  const known = replica.acknowledged[replicaNumber] ?? 0;
  if (opNumber <= known) return isHeard ? undefined : drop(context, 'already-acknowledged');
  replica.acknowledged = replica.acknowledged.with(replicaNumber, opNumber);
  const committed = replica.commitNumber;
  executeUpTo(context, heldByQuorum(replica));
  if (replica.commitNumber > committed) onCommitted(context);
}

/** The highest op-number that a quorum of distinct replicas has acknowledged in this view. */
function heldByQuorum({ acknowledged, configuration }: Replica): number {
  return reachedByQuorum(acknowledged, configuration.quorum);
}

/** Entries were committed, so further PREPAREs may be sent. */
function onCommitted(context: StepContext): void {
  const { replica } = context;
  const { commitNumber, log, configuration } = replica;
  if (configuration.size === 1) return;
  replica.viewChanges = 0;
  replica.prepares = replica.prepares.filter((opNumber) => opNumber > commitNumber);
  if (commitNumber === log.length) return disarm(context, 'resend');
  sendPrepares(context);
  startResending(context);
}

/** Timer `heartbeat`: the primary has been idle and sends ⟨COMMIT v, k, d⟩ to all backups, VRR §4.1. */
export function onHeartbeat(context: StepContext): void {
  const { replica } = context;
  if (replica.status !== 'normal' || !isPrimary(replica)) return drop(context, 'not-the-primary');
  broadcast(context, commitOf(replica), 'view');
  arm(context, 'heartbeat');
}

/**
 * Timer `resend` at a primary. Departure (VRR §4.1 leaves it open): it sends the last PREPARE's final entry again to
 * each backup that has not acknowledged it. One entry is enough: an acknowledgement covers all entries before it, and
 * a backup that lacks some fetches them at once.
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
