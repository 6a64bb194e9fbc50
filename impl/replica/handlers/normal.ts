import type { Predicted } from '../../service/service.ts';
import { lineFor, resultIn, sessionOf } from '../data/clientTable.ts';
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
  type Effects,
  persistLog,
  refuse,
  reply,
  send,
  sendToPrimary,
} from '../transitions/effects.ts';
import { append, executeUpTo } from '../transitions/execution.ts';
import { fetchMissing, transferTo } from './stateTransfer.ts';

/**
 * ⟨REQUEST op, c, s⟩, VRR §4.1 steps 1–3. The primary orders a fresh request; any replica answers the repetition of
 * an executed one. Departure (VRR §4.1, left open there): a backup forwards a fresh request to the primary.
 */
export function onRequest(
  replica: Replica,
  effects: Effects,
  request: Request,
  reading: Predicted | undefined,
): void {
  if (replica.status !== 'normal') return drop(effects, 'a request waits until the status is normal');
  const { clientId, requestNumber } = request;
  const line = lineFor(replica.executed, request, replica.configuration);
  const result = line && resultIn(line, requestNumber);
  if (result !== undefined) {
    const { viewNumber } = replica;
    return reply(replica, effects, { type: 'REPLY', viewNumber, clientId, requestNumber, result });
  }
  if (line !== undefined && requestNumber <= line.requestNumber)
    return drop(effects, 'the client has sent a later request');
  // Where nothing is known of the client it was evicted, and the log will say so.
  const latest = latestRunning(replica, request) ?? line?.requestNumber ?? requestNumber - 1;
  if (requestNumber <= latest) return drop(effects, 'the request is being ordered');
  if (requestNumber > latest + 1) return drop(effects, 'an earlier request of the client is missing');
  if (!isPrimary(replica)) return sendToPrimary(replica, effects, request);
  prepare(replica, effects, request, reading);
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
  replica: Replica,
  effects: Effects,
  { operation, clientId, session, requestNumber }: Request,
  reading: Predicted | undefined,
): void {
  const predicted = predict(replica, reading);
  const firstUncommitted = replica.log.length === replica.commitNumber;
  append(replica, { type: 'REQUEST', operation, clientId, session, requestNumber, predicted });
  persistLog(replica, effects, replica.log.length - 1);
  if (replica.configuration.size > 1) sendPrepares(replica, effects);
  acknowledge(replica, effects);
  if (firstUncommitted && replica.configuration.size > 1) startResending(replica, effects);
}

/** What the primary predicts for the next entry, VRR §4.4. Its clock may be behind that of the primary before it. */
function predict({ log }: Replica, reading: Predicted | undefined): Predicted {
  const { time, random } = reading ?? { time: 0, random: 0 };
  return { time: Math.max(time, log.lastTime), random };
}

/**
 * ⟨PREPARE v, m, n, k⟩ to all backups, VRR §4.1 step 3. Only so many may be outstanding; what is ordered meanwhile waits,
 * and goes into one message when others are committed (VRR §6.2: batching), or into several if it takes more room.
 */
function sendPrepares(replica: Replica, effects: Effects): void {
  const { log, configuration } = replica;
  for (let sent = sentUpTo(replica); sent < log.length; sent = sentUpTo(replica)) {
    if (replica.prepares.length >= configuration.pipeline) return;
    // One entry goes whatever its size, and mostly there is only one: then nothing need be measured.
    const suffix = sent + 1 === log.length ? log.suffix(sent) : log.piece(sent, configuration.room);
    // The backups may write while the primary does: its own acknowledgement waits, the PREPARE need not.
    broadcast(replica, effects, prepareOf(replica, suffix), 'view');
    replica.prepares = [...replica.prepares, suffix.opNumber];
    arm(replica, effects, 'heartbeat');
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
export function onPrepare(replica: Replica, effects: Effects, message: Prepare): void {
  if (!followsPrimary(replica, effects, message.viewNumber)) return;
  const held = replica.log.length;
  if (message.suffix.after > held) return fetchMissing(replica, effects);
  if (message.opNumber > held) {
    for (const request of message.suffix.entriesAfter(held)) append(replica, request);
    persistLog(replica, effects, held);
  }
  commitUpTo(replica, effects, message.commitNumber);
  acknowledge(replica, effects);
}

/** ⟨COMMIT v, k⟩, VRR §4.1: the idle primary tells what is committed, and that it is alive. */
export function onCommit(replica: Replica, effects: Effects, message: Commit): void {
  if (!followsPrimary(replica, effects, message.viewNumber)) return;
  if (message.commitNumber > replica.log.length) return fetchMissing(replica, effects);
  commitUpTo(replica, effects, message.commitNumber);
}

/**
 * A backup executes what its primary has committed. A view in which that is something, or nothing is left to commit, is of use:
 * only then is its primary given up as soon as the first was (VRR §4.2). Forgotten when a view starts, the backoff would come to
 * nothing where starting views keeps the network so busy that their primaries are never heard in time.
 */
function commitUpTo(replica: Replica, effects: Effects, commitNumber: number): void {
  const committed = replica.commitNumber;
  executeUpTo(replica, effects, commitNumber);
  if (replica.commitNumber > committed || replica.commitNumber === replica.log.length)
    replica.viewChanges = 0;
}

/** Whether this replica is a backup in the view, and may act on what its primary says. A later view is fetched first. */
function followsPrimary(replica: Replica, effects: Effects, viewNumber: number): boolean {
  if (viewNumber > replica.viewNumber) {
    transferTo(replica, effects, viewNumber);
    return false;
  }
  if (viewNumber < replica.viewNumber || replica.status !== 'normal') {
    drop(effects, viewNumber < replica.viewNumber ? 'that view is over' : 'the status is not normal');
    return false;
  }
  arm(replica, effects, 'suspect');
  return true;
}

/** ⟨PREPAREOK v, n, i⟩ for everything in the log, VRR §4.1 step 4. The primary acknowledges to itself. */
export function acknowledge(replica: Replica, effects: Effects): void {
  const { viewNumber, log, replicaNumber } = replica;
  sendToPrimary(replica, effects, { type: 'PREPAREOK', viewNumber, opNumber: log.length, replicaNumber });
}

/** ⟨PREPAREOK v, n, i⟩, VRR §4.1 step 5: what a quorum holds, the primary included, is committed, and all before it. */
export function onPrepareOk(replica: Replica, effects: Effects, message: PrepareOk): void {
  const { viewNumber, opNumber, replicaNumber } = message;
  if (primaryOf(replica.configuration, viewNumber) !== replica.replicaNumber) {
    return refuse(effects, `this replica is not the primary of view ${viewNumber}`);
  }
  if (viewNumber !== replica.viewNumber) return drop(effects, 'the acknowledgement is for another view');
  if (replica.status !== 'normal') return drop(effects, 'the status is not normal');
  if (opNumber > replica.log.length)
    return refuse(effects, `entry ${opNumber} was never prepared in this view`);
  const known = replica.acknowledged[replicaNumber] ?? 0;
  if (opNumber <= known) return drop(effects, 'that much was acknowledged before');
  replica.acknowledged = replica.acknowledged.with(replicaNumber, opNumber);
  const committed = replica.commitNumber;
  executeUpTo(replica, effects, heldByQuorum(replica));
  if (replica.commitNumber > committed) goOn(replica, effects);
}

/** Something was committed, which makes room for further PREPAREs. */
function goOn(replica: Replica, effects: Effects): void {
  const { commitNumber, log, configuration } = replica;
  if (configuration.size === 1) return;
  replica.prepares = replica.prepares.filter((opNumber) => opNumber > commitNumber);
  if (commitNumber === log.length) return disarm(effects, 'resend');
  sendPrepares(replica, effects);
  startResending(replica, effects);
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

/** The primary takes up its view: it acknowledges what it holds, and repeats what is not committed (VRR §4.1, §4.2). */
export function lead(replica: Replica, effects: Effects): void {
  acknowledge(replica, effects);
  disarm(effects, 'suspect');
  disarm(effects, 'resend');
  if (replica.configuration.size === 1) return;
  arm(replica, effects, 'heartbeat');
  if (replica.log.length === replica.commitNumber) return;
  // STARTVIEW has carried all of it.
  replica.prepares = [replica.log.length];
  startResending(replica, effects);
}

/** A backup takes up the view: it waits to hear from the primary, and acknowledges what is not known to be committed. */
export function follow(replica: Replica, effects: Effects): void {
  disarm(effects, 'heartbeat');
  disarm(effects, 'resend');
  arm(replica, effects, 'suspect');
  if (replica.log.length > replica.commitNumber) acknowledge(replica, effects);
}

function startResending(replica: Replica, effects: Effects): void {
  replica.retransmissions = 0;
  arm(replica, effects, 'resend');
}

/** The primary has been idle: ⟨COMMIT v, k⟩ to all backups, VRR §4.1. */
export function onHeartbeat(replica: Replica, effects: Effects): void {
  const { viewNumber, commitNumber } = replica;
  if (replica.status !== 'normal' || !isPrimary(replica))
    return drop(effects, 'only a primary sends heartbeats');
  broadcast(replica, effects, { type: 'COMMIT', viewNumber, commitNumber }, 'view');
  arm(replica, effects, 'heartbeat');
}

/**
 * Departure (VRR §4.1, left open there): the last entry that was sent is sent again to whoever has not acknowledged it.
 * That is enough: an acknowledgement covers all before it, and who lacks more fetches all of it at once.
 */
export function resendPrepare(replica: Replica, effects: Effects): void {
  const sent = sentUpTo(replica);
  if (sent === replica.commitNumber) return drop(effects, 'everything is committed');
  const message = prepareOf(replica, replica.log.prefix(sent).suffix(sent - 1));
  replica.acknowledged.forEach((opNumber, to) => {
    if (to !== replica.replicaNumber && opNumber < message.opNumber)
      send(replica, effects, to, message, 'view');
  });
  replica.retransmissions++;
  arm(replica, effects, 'resend');
}
