import { primaryOf } from '../data/configuration.ts';
import type { DoViewChange, StartView, StartViewChange } from '../data/messages.ts';
import { isPrimary } from '../data/replica.ts';
import { including, sizeOf } from '../data/replicaSet.ts';
import { arm, drop, reject, type StepContext, send } from '../transitions/effects.ts';
import { transferTo } from '../transitions/transfer.ts';
import {
  becomeBackup,
  broadcastStartViewChange,
  chooseLog,
  currentStartView,
  enterNormal,
  enterViewChange,
  sendDoViewChange,
} from '../transitions/view.ts';

/** ⟨STARTVIEWCHANGE v, i⟩, VRR §4.2 step 2: when a quorum, this replica included, wants the view, it votes. */
export function onStartViewChange(context: StepContext, message: StartViewChange): void {
  const { replica } = context;
  if (!joinsViewChange(context, message)) return;
  const { startViewChanges } = replica;
  replica.startViewChanges = including(startViewChanges, message.replicaNumber);
  if (replica.startViewChanges === startViewChanges) return drop(context, 'already-called');
  if (sizeOf(replica.startViewChanges) + 1 === replica.configuration.quorum) sendDoViewChange(context);
}

/** ⟨DOVIEWCHANGE v, l, v′, n, k, i⟩, VRR §4.2 step 3: with a quorum of votes, its own among them, the view starts. */
export function onDoViewChange(context: StepContext, message: DoViewChange): void {
  const { replica } = context;
  if (primaryOf(replica.configuration, message.viewNumber) !== replica.replicaNumber) {
    return reject(context, { code: 'receiver-is-not-the-primary', viewNumber: message.viewNumber });
  }
  // Whatever was executed in earlier views is in the log of every later one.
  if (message.lastNormalView > replica.lastNormalView && message.opNumber < replica.commitNumber)
    return reject(context, 'log-lacks-executed-entries');
  if (!joinsViewChange(context, message)) return;
  const others = replica.doViewChanges.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  replica.doViewChanges = [...others, message];
  const hasOwn = replica.doViewChanges.some(({ replicaNumber }) => replicaNumber === replica.replicaNumber);
  if (hasOwn && replica.doViewChanges.length >= replica.configuration.quorum) chooseLog(context);
}

/**
 * Whether a vote counts for the present view change; a later view is entered first. Departure (VRR §4.2, left open
 * there): who is late for a view that has started is answered with its STARTVIEW.
 */
function joinsViewChange(context: StepContext, vote: StartViewChange | DoViewChange): boolean {
  const { replica } = context;
  const { viewNumber, replicaNumber } = vote;
  if (viewNumber > replica.viewNumber) {
    if (replica.transfer !== undefined && viewNumber <= replica.transfer.viewNumber) {
      drop(context, 'later-view-started');
      return false;
    }
    enterViewChange(context, viewNumber);
    return true;
  }
  if (replica.status === 'normal' && isPrimary(replica)) {
    send(context, replicaNumber, currentStartView(replica));
    return false;
  }
  if (viewNumber === replica.viewNumber && replica.status === 'view-change') return true;
  drop(context, 'view-change-is-over');
  return false;
}

/**
 * ⟨STARTVIEW v, l, n, k⟩, VRR §4.2 step 5. For the present view it is taken only in a view change: taken twice, it would
 * erase entries that were acknowledged in between, and in a state transfer it may be of the view that is being left.
 * Whoever lacks more than it carries fetches the rest as if it had missed the view's start.
 */
export function onStartView(context: StepContext, message: StartView): void {
  const { replica } = context;
  const { viewNumber, suffix, opNumber, commitNumber } = message;
  if (viewNumber < replica.viewNumber) return drop(context, 'view-is-over');
  if (viewNumber === replica.viewNumber && replica.status !== 'view-change') {
    return drop(context, 'view-already-started');
  }
  if (opNumber < replica.commitNumber) return reject(context, 'log-lacks-executed-entries');
  if (suffix.after > replica.commitNumber) return transferTo(context, viewNumber);
  enterNormal(context, viewNumber, suffix.onto(replica.log), commitNumber);
  becomeBackup(context);
}

/** Nothing was heard for too long from the primary, or of the view change under way: the next view's turn, VRR §4.2. */
export function onSuspect(context: StepContext): void {
  const { replica } = context;
  if (replica.status === 'recovering') return drop(context, 'recovering');
  if (replica.status === 'normal' && isPrimary(replica)) return drop(context, 'primary-suspects-itself');
  enterViewChange(context, Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0) + 1);
}

/** The view change stalls: everything sent for it is sent again. */
export function resendViewChange(context: StepContext): void {
  const { replica } = context;
  broadcastStartViewChange(context);
  if (sizeOf(replica.startViewChanges) + 1 >= replica.configuration.quorum) sendDoViewChange(context);
  replica.retransmissions++;
  arm(context, 'resend');
}
