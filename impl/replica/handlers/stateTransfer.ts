import { primaryOf } from '../data/configuration.ts';
import type { GetState, NewState } from '../data/messages.ts';
import type { Replica, Transfer } from '../data/replica.ts';
import { arm, disarm, drop, type Effects, persistLog, send } from '../transitions/effects.ts';
import { append, executeUpTo } from '../transitions/execution.ts';
import { sendCheckpoint } from './checkpointTransfer.ts';
import { acknowledge, follow } from './normal.ts';
import { becomeNormal, chooseLog } from './viewChange.ts';

/** Entries of the present view are missing: they are fetched, and the status stays normal meanwhile (VRR §5.2). */
export function fetchMissing(replica: Replica, effects: Effects): void {
  if (replica.transfer !== undefined) return drop(effects, 'what is missing has been asked for');
  begin(replica, effects, replica.viewNumber);
}

/**
 * A later view has started without this replica (VRR §5.2).
 * Repair (VRR §5.2): the log, the view and the last normal view stay untouched until that view's log is here. Dropping
 * the log's end and adopting the view first would let a short log win the next view change.
 */
export function transferTo(replica: Replica, effects: Effects, viewNumber: number): void {
  const wanted = replica.transfer?.viewNumber ?? 0;
  if (viewNumber < wanted) return drop(effects, 'a later view has been asked for');
  if (viewNumber > wanted) replica.viewChanges = 0;
  // Its primary is alive, so there is no need to call for another view while the log is on its way.
  arm(replica, effects, 'suspect');
  if (viewNumber === wanted) return drop(effects, 'that view has been asked for');
  replica.status = 'state-transfer';
  disarm(effects, 'heartbeat');
  begin(replica, effects, viewNumber);
}

/** Fetches the log of a view from a replica that has it, on behalf of a view change or a recovery. */
export function fetchLog(replica: Replica, effects: Effects, viewNumber: number, asked: number): void {
  if (replica.transfer?.viewNumber !== viewNumber) return begin(replica, effects, viewNumber, asked);
  replica.transfer = { ...replica.transfer, asked };
  sendGetState(replica, effects, replica.transfer);
}

function begin(
  replica: Replica,
  effects: Effects,
  viewNumber: number,
  asked = primaryOf(replica.configuration, viewNumber),
): void {
  replica.transfer = { viewNumber, asked, log: replica.log.prefix(sharedWith(replica, viewNumber)) };
  replica.retransmissions = 0;
  sendGetState(replica, effects, replica.transfer);
}

/** How many entries the replica's log is sure to share with the log of a view: of another one it may end in wrong ones. */
export function sharedWith({ log, commitNumber, lastNormalView }: Replica, viewNumber: number): number {
  return viewNumber === lastNormalView ? log.length : commitNumber;
}

/** ⟨GETSTATE v, n′, i⟩, VRR §5.2. */
export function sendGetState(replica: Replica, effects: Effects, { viewNumber, asked, log }: Transfer): void {
  const { replicaNumber } = replica;
  const opNumber = replica.status === 'normal' ? replica.log.length : log.length;
  send(replica, effects, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });
  arm(replica, effects, 'resend');
}

/** No answer came: the next replica is asked. */
export function resendGetState(replica: Replica, effects: Effects): void {
  if (replica.transfer === undefined) return drop(effects, 'nothing is waiting for an answer');
  const { size } = replica.configuration;
  const next = (replica.transfer.asked + 1) % size;
  const asked = next === replica.replicaNumber ? (next + 1) % size : next;
  replica.transfer = { ...replica.transfer, asked };
  replica.retransmissions++;
  sendGetState(replica, effects, replica.transfer);
}

/**
 * ⟨GETSTATE v, n′, i⟩, VRR §5.2: whoever holds the log of v answers, ⟨NEWSTATE v, l, n, k⟩, or where entries are
 * gone offers the checkpoint that stands for them (VRR §5.1). Departure: also one that has
 * left v without having been normal in a later view, for its log is still that of v, and a new primary may need it.
 */
export function onGetState(replica: Replica, effects: Effects, message: GetState): void {
  const { lastNormalView: viewNumber, log, commitNumber } = replica;
  if (message.viewNumber !== viewNumber) {
    return drop(effects, 'only a replica that holds the log of that view can answer');
  }
  if (message.opNumber > log.length) return drop(effects, 'this replica holds less than the one that asks');
  const checkpoint = replica.checkpoints.at(-1);
  if (message.opNumber < log.base && checkpoint !== undefined)
    return sendCheckpoint(replica, effects, message.replicaNumber, viewNumber, checkpoint);
  const suffix = log.piece(message.opNumber, replica.configuration.room);
  send(replica, effects, message.replicaNumber, {
    ...{ type: 'NEWSTATE', viewNumber, suffix, opNumber: log.length, commitNumber },
  });
}

/** ⟨NEWSTATE v, l, n, k⟩, VRR §5.2. */
export function onNewState(replica: Replica, effects: Effects, message: NewState): void {
  const { transfer } = replica;
  if (message.viewNumber !== transfer?.viewNumber) return drop(effects, 'that state was not asked for');
  if (replica.status === 'normal') extendLog(replica, effects, transfer, message);
  else takePiece(replica, effects, transfer, message);
}

/** In the same view the replica only lacks the log's end. */
function extendLog(replica: Replica, effects: Effects, transfer: Transfer, message: NewState): void {
  const held = replica.log.length;
  if (message.suffix.after > held) return drop(effects, 'the answer begins after what is held');
  if (message.suffix.opNumber > held) {
    for (const request of message.suffix.entriesAfter(held)) append(replica, request);
    persistLog(replica, effects, held);
  }
  if (replica.log.length < message.opNumber) sendGetState(replica, effects, transfer);
  else {
    replica.transfer = undefined;
    disarm(effects, 'resend');
  }
  executeUpTo(replica, effects, message.commitNumber);
  acknowledge(replica, effects);
}

/** Another view's log grows apart from the replica's own, until all of it is here and can be taken up in one step. */
function takePiece(replica: Replica, effects: Effects, transfer: Transfer, message: NewState): void {
  let { log } = transfer;
  if (message.suffix.after > log.length) return drop(effects, 'the answer begins after what is held');
  if (message.opNumber < replica.commitNumber)
    return drop(effects, 'the answer ends before what was executed');
  for (const request of message.suffix.entriesAfter(log.length)) log = log.append(request);
  replica.transfer = { ...transfer, log };
  if (replica.status === 'view-change') return chooseLog(replica, effects);
  if (log.length < message.opNumber) return sendGetState(replica, effects, replica.transfer);
  becomeNormal(replica, effects, message.viewNumber, log, message.commitNumber);
  follow(replica, effects);
}
