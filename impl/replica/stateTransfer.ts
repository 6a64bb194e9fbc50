import { primaryOf } from './configuration.ts';
import { arm, disarm, drop, type Effects, persistLog, refuse, send } from './effects.ts';
import { append, executeUpTo } from './execution.ts';
import type { GetState, NewState } from './messages.ts';
import { acknowledge, follow } from './normal.ts';
import type { Replica } from './replica.ts';
import { becomeNormal } from './viewChange.ts';

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

function begin(replica: Replica, effects: Effects, viewNumber: number): void {
  replica.transfer = { viewNumber, asked: primaryOf(replica.configuration, viewNumber) };
  replica.retransmissions = 0;
  sendGetState(replica, effects, replica.transfer);
}

/** ⟨GETSTATE v, n′, i⟩, VRR §5.2: of a later view everything after the commit-number, for entries after it may be wrong. */
function sendGetState(
  replica: Replica,
  effects: Effects,
  { viewNumber, asked }: { viewNumber: number; asked: number },
): void {
  const { replicaNumber } = replica;
  const opNumber = viewNumber === replica.viewNumber ? replica.log.length : replica.commitNumber;
  send(replica, effects, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });
  arm(replica, effects, 'resend');
}

/** No answer came: the next replica is asked. */
export function resendGetState(replica: Replica, effects: Effects): void {
  if (replica.transfer === undefined) return drop(effects, 'nothing is waiting for an answer');
  const { size } = replica.configuration;
  const next = (replica.transfer.asked + 1) % size;
  const asked = next === replica.replicaNumber ? (next + 1) % size : next;
  replica.transfer = { viewNumber: replica.transfer.viewNumber, asked };
  replica.retransmissions++;
  sendGetState(replica, effects, replica.transfer);
}

/** ⟨GETSTATE v, n′, i⟩, VRR §5.2: only a replica that is normal in v can answer, ⟨NEWSTATE v, l, n, k⟩. */
export function onGetState(replica: Replica, effects: Effects, message: GetState): void {
  const { viewNumber, log, commitNumber } = replica;
  if (replica.status !== 'normal' || message.viewNumber !== viewNumber) {
    return drop(effects, 'only a replica that is normal in that view can answer');
  }
  if (message.opNumber > log.length) return drop(effects, 'this replica holds less than the one that asks');
  const suffix = log.suffix(message.opNumber);
  send(replica, effects, message.replicaNumber, {
    ...{ type: 'NEWSTATE', viewNumber, suffix, opNumber: log.length, commitNumber },
  });
}

/** ⟨NEWSTATE v, l, n, k⟩, VRR §5.2. */
export function onNewState(replica: Replica, effects: Effects, message: NewState): void {
  if (message.viewNumber !== replica.transfer?.viewNumber)
    return drop(effects, 'that state was not asked for');
  if (message.viewNumber === replica.viewNumber) extendLog(replica, effects, message);
  else adoptLaterView(replica, effects, message);
}

/** In the same view the replica only lacks the log's end. */
function extendLog(replica: Replica, effects: Effects, message: NewState): void {
  const held = replica.log.length;
  if (message.suffix.after > held) return drop(effects, 'the answer begins after what is held');
  if (message.opNumber > held) {
    for (const request of message.suffix.entriesAfter(held)) append(replica, request);
    persistLog(replica, effects, held);
  }
  replica.transfer = undefined;
  disarm(effects, 'resend');
  executeUpTo(replica, effects, message.commitNumber);
  acknowledge(replica, effects);
}

/** Of a later view everything after the commit-number is replaced, and the view adopted in the same step. */
function adoptLaterView(replica: Replica, effects: Effects, message: NewState): void {
  const { commitNumber, log } = replica;
  if (message.suffix.after > commitNumber) return drop(effects, 'the answer begins after what was executed');
  if (message.opNumber < commitNumber) return refuse(effects, 'the state lacks entries that were executed');
  let replaced = log.prefix(commitNumber);
  for (const request of message.suffix.entriesAfter(commitNumber)) replaced = replaced.append(request);
  becomeNormal(replica, effects, message.viewNumber, replaced, message.commitNumber);
  follow(replica, effects);
}
