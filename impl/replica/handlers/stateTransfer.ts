import { primaryOf } from '../data/configuration.ts';
import type { GetState, NewState } from '../data/messages.ts';
import { type LogTransfer, type Replica, stateAnswered } from '../data/replica.ts';
import { disarm, drop, persistLog, type StepContext, send } from '../transitions/effects.ts';
import { executeUpTo, extendTo } from '../transitions/execution.ts';
import { joinFetched, joinLogs } from '../transitions/joining.ts';
import { changed, sendCheckpoint, sendGetState } from '../transitions/transfer.ts';
import { acknowledge, becomeBackup, chooseLog, enterNormal } from '../transitions/view.ts';

/**
 * ⟨GETSTATE v, n′, i⟩, VRR §5.2. A replica that holds the log of v answers with ⟨NEWSTATE v, l, n, k, i⟩, or offers a
 * checkpoint if it has dropped the entries (VRR §5.1).
 *
 * Departure: a replica that has left v, and has been normal in no later view, answers too. Its log is still that of
 * v, and a new primary may need it.
 */
export function onGetState(context: StepContext, message: GetState): void {
  const { replica } = context;
  const { lastNormalView: viewNumber, log, commitNumber, replicaNumber } = replica;
  if (message.viewNumber !== viewNumber) {
    return drop(context, 'log-of-another-view');
  }
  if (message.opNumber > log.length) return drop(context, 'log-too-short');
  const checkpoint = replica.checkpoints.at(-1);
  if (message.opNumber < log.base && checkpoint !== undefined)
    return sendCheckpoint(context, message.replicaNumber, viewNumber, checkpoint);
  const suffix = log.piece(message.opNumber, replica.configuration.maxChars);
  const { length: opNumber } = log;
  const answer = { type: 'NEWSTATE', viewNumber, suffix, opNumber, commitNumber, replicaNumber } as const;
  send(context, message.replicaNumber, answer);
}

/** ⟨NEWSTATE v, l, n, k, i⟩, VRR §5.2: entries that this replica asked for. */
export function onNewState(context: StepContext, message: NewState): void {
  const { replica } = context;
  const { transfer } = replica;
  if (message.viewNumber !== transfer?.viewNumber) return drop(context, 'state-not-asked-for');
  if (replica.status === 'normal') extendLog(context, transfer, message);
  else extendFetchedLog(context, transfer, message);
}

/**
 * Whether the answer holds nothing new, and does not reach the end: a slow answer was asked for twice. Asking again for the rest
 * at each of the two would fetch everything that follows twice, too. Nor does it show that what is held after its end is the sender's.
 */
function isRepeated({ suffix, opNumber }: NewState, held: number): boolean {
  return suffix.opNumber <= held && suffix.opNumber < opNumber;
}

/**
 * How many entries this replica executes because of the answer. An answer says what is committed, and only the primary's log is surely that
 * of the view. An entry of another may have been altered: the replica waits for a PREPARE or a COMMIT, with which it is compared.
 */
function committedBy({ configuration, commitNumber }: Replica, answer: NewState): number {
  const isFromPrimary = answer.replicaNumber === primaryOf(configuration, answer.viewNumber);
  return isFromPrimary ? answer.commitNumber : commitNumber;
}

/** In the same view the replica lacks only the end of the log, and appends directly. */
function extendLog(context: StepContext, transfer: LogTransfer, message: NewState): void {
  const { replica } = context;
  const held = replica.log.length;
  if (message.suffix.after > held) return drop(context, 'answer-leaves-gap');
  if (isRepeated(message, held)) return drop(context, 'answer-repeated');
  const log = joinLogs(context, replica.log, held, message.suffix, message.replicaNumber);
  if (log === undefined) return;
  if (log.length > held) {
    extendTo(replica, log);
    persistLog(context, held);
  }
  if (replica.log.length < message.opNumber) sendGetState(context, transfer);
  else {
    replica.transfer = undefined;
    disarm(context, 'resend');
  }
  executeUpTo(context, committedBy(replica, message));
  acknowledge(context);
}

/**
 * The log of another view grows beside the replica's own one. The replica adopts it in one step, once it is complete.
 */
function extendFetchedLog(context: StepContext, transfer: LogTransfer, message: NewState): void {
  const { replica } = context;
  const { log: held } = transfer;
  if (message.suffix.after > held.length) return drop(context, 'answer-leaves-gap');
  if (message.opNumber < replica.commitNumber) return drop(context, 'answer-ends-before-commit');
  const told = stateAnswered(replica);
  const isTold = told?.viewNumber === message.viewNumber;
  // Sent before this replica lost its memory, it may lack entries that the replica has acknowledged (repair of VRR §4.3 with §5.2).
  if (isTold && message.opNumber < told.opNumber) return drop(context, 'answer-of-earlier-log');
  // A new primary has chosen already from what it holds.
  const isOld = replica.status === 'view-change' && message.suffix.opNumber <= held.length;
  if (isOld || isRepeated(message, held.length)) return drop(context, 'answer-repeated');
  const joined = joinFetched(context, transfer, message.suffix, message.replicaNumber);
  if (joined === undefined) return;
  const isLonger = joined.length > held.length;
  const fetched = isLonger ? changed(transfer, { log: joined, from: message.replicaNumber }) : transfer;
  const { log } = fetched;
  replica.transfer = fetched;
  if (replica.status === 'view-change') return chooseLog(context);
  if (log.length < message.opNumber) return sendGetState(context, fetched);
  // It has asked anew, and does not know yet how much the primary holds now.
  if (replica.recovery !== undefined && !isTold) return;
  if (!isAsShown(context, fetched)) return;
  enterNormal(context, message.viewNumber, log, committedBy(replica, message));
  becomeBackup(context);
}

/**
 * Whether the log that is complete now ends as its primary has shown. Only the primary's log is that of the view for sure: a stored entry of
 * another may have been altered.
 */
function isAsShown(context: StepContext, transfer: LogTransfer): boolean {
  const { viewNumber, log, shown } = transfer;
  if (shown === undefined || shown.opNumber > log.length) return true;
  const primary = primaryOf(context.replica.configuration, viewNumber);
  return joinFetched(context, transfer, shown, primary) !== undefined;
}

/** Timer `resend` during a state transfer: no answer came, or one that differs, so it asks the next replica. */
export function resendGetState(context: StepContext): void {
  const { replica } = context;
  if (replica.transfer === undefined) return drop(context, 'nothing-to-resend');
  const { size } = replica.configuration;
  const next = (replica.transfer.asked + 1) % size;
  const asked = next === replica.replicaNumber ? (next + 1) % size : next;
  replica.transfer = changed(replica.transfer, { asked });
  replica.retransmissions++;
  sendGetState(context, replica.transfer);
}
