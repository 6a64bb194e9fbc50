import { primaryOf } from '../data/configuration.ts';
import { isForgotten, type Membership } from '../data/membership.ts';
import type { DoViewChange, StartView, StartViewChange } from '../data/messages.ts';
import { isPrimary, isQuorumWith, type Replica } from '../data/replica.ts';
import { contains, including, noReplicas } from '../data/replicaSet.ts';
import { arm, drop, reject, type StepContext, send } from '../transitions/effects.ts';
import { joinLogs } from '../transitions/joining.ts';
import { changed, sharedWith, transferTo } from '../transitions/transfer.ts';
import {
  becomeBackup,
  broadcastStartViewChange,
  callersOf,
  chooseLog,
  currentStartView,
  enterNormal,
  enterViewChange,
  isCalledByQuorum,
  sendDoViewChange,
} from '../transitions/view.ts';

/**
 * ⟨STARTVIEWCHANGE v, i, s⟩, VRR §4.2 step 2. Once a quorum, this replica included, has moved to the view, this replica
 * votes.
 */
export function onStartViewChange(context: StepContext, message: StartViewChange): void {
  const { replica } = context;
  const isLater = message.viewNumber > replica.viewNumber;
  // A replica that enters the view counts the callers at once.
  if (!joinsViewChange(context, message) || isLater) return;
  const { startViewChanges } = replica;
  const wasCalled = isCalledByQuorum(replica);
  replica.startViewChanges = startViewChanges | callersOf(message, replica.replicaNumber);
  if (replica.startViewChanges === startViewChanges) return drop(context, 'already-called');
  if (!wasCalled && isCalledByQuorum(replica)) sendDoViewChange(context);
}

/**
 * ⟨DOVIEWCHANGE v, l, v′, n, k, i⟩, VRR §4.2 step 3. With the votes of a quorum, its own among them, the new primary
 * chooses the log.
 */
export function onDoViewChange(context: StepContext, message: DoViewChange): void {
  const { replica } = context;
  if (primaryOf(replica.configuration, message.viewNumber) !== replica.replicaNumber) {
    return reject(context, { code: 'receiver-is-not-the-primary', viewNumber: message.viewNumber });
  }
  // The log of a later view contains every entry executed in earlier ones.
  if (message.lastNormalView > replica.lastNormalView && message.opNumber < replica.commitNumber)
    return reject(context, 'log-lacks-executed-entries');
  if (isForgottenVote(message, [replica.membership])) return drop(context, 'vote-forgotten');
  if (!joinsViewChange(context, message)) return;
  if (isForgottenVote(message, replica.doViewChanges)) return drop(context, 'vote-forgotten');
  if (contains(replica.transfer?.silent ?? noReplicas, message.replicaNumber))
    return drop(context, 'vote-set-aside');
  if (!isOfSameLog(context, message)) return;
  const others = replica.doViewChanges.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  replica.doViewChanges = [...others.filter((vote) => !isForgottenVote(vote, [message])), message];
  chooseLog(context);
}

/**
 * Whether the vote's log is equal to this one where it should be, as far as that shows already. Where the voter was normal
 * in an earlier view only, entries after what it knows to be committed may be others.
 */
function isOfSameLog(context: StepContext, vote: DoViewChange): boolean {
  const { replica } = context;
  const { suffix, lastNormalView, commitNumber, replicaNumber } = vote;
  const shared = sharedWith(replica, lastNormalView);
  const surely = lastNormalView < replica.lastNormalView ? Math.min(shared, commitNumber) : shared;
  if (Math.max(suffix.after, replica.log.base) > surely) return true;
  return joinLogs(context, replica.log, surely, suffix, replicaNumber) !== undefined;
}

/** What a voter recovered after it had lost its memory may be of an earlier view than the one for which it voted. */
function isForgottenVote(vote: DoViewChange, others: readonly Pick<Membership, 'generations'>[]): boolean {
  return isForgotten(vote.replicaNumber, vote, others);
}

/**
 * Whether the message counts for the current view change. A replica in an earlier view enters the view first.
 *
 * Departure (VRR §4.2 leaves it open): a primary answers a late message for its view with STARTVIEW.
 */
function joinsViewChange(context: StepContext, vote: StartViewChange | DoViewChange): boolean {
  const { replica } = context;
  const { viewNumber, replicaNumber } = vote;
  if (viewNumber > replica.viewNumber) {
    if (replica.transfer !== undefined && viewNumber <= replica.transfer.viewNumber) {
      drop(context, 'later-view-started');
      return false;
    }
    const isCall = vote.type === 'STARTVIEWCHANGE';
    enterViewChange(context, viewNumber, isCall ? callersOf(vote, replica.replicaNumber) : noReplicas);
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
 * ⟨STARTVIEW v, l, n, k⟩, VRR §4.2 step 5. For the current view it is accepted only during a view change: accepting
 * it twice would erase entries acknowledged in between, and during a state transfer it may belong to the view that
 * the replica is leaving.
 *
 * A replica that lacks more entries than STARTVIEW carries fetches the rest by state transfer.
 */
export function onStartView(context: StepContext, message: StartView): void {
  const { replica } = context;
  const { viewNumber, suffix, opNumber, commitNumber } = message;
  if (viewNumber < replica.viewNumber) return drop(context, 'view-is-over');
  if (viewNumber === replica.viewNumber && replica.status !== 'view-change') {
    return drop(context, 'view-already-started');
  }
  if (opNumber < replica.commitNumber) return reject(context, 'log-lacks-executed-entries');
  if (suffix.after > replica.commitNumber) return transferTo(context, message);
  const primary = primaryOf(replica.configuration, viewNumber);
  const log = joinLogs(context, replica.log, replica.commitNumber, suffix, primary);
  if (log === undefined) return;
  enterNormal(context, viewNumber, log, commitNumber);
  becomeBackup(context);
}

/**
 * Timer `suspect`: this replica has heard from no primary, or its view change has stalled. It calls for the next
 * view, VRR §4.2.
 *
 * Departure (VRR §4.2): a primary that has not heard a quorum since the last time gives up its view too. Its own
 * messages may still arrive, and would keep the others from calling for another view.
 */
export function onSuspect(context: StepContext): void {
  const { replica } = context;
  if (replica.status === 'recovering') return drop(context, 'recovering');
  if (replica.status === 'normal' && isPrimary(replica) && isQuorumWith(replica, replica.heard)) {
    // What a clock showed long ago says nothing about the time.
    replica.clocks = replica.clocks.map((time, other) => (contains(replica.heard, other) ? time : 0));
    replica.heard = noReplicas;
    replica.viewChanges = 0;
    return arm(context, 'suspect');
  }
  enterViewChange(context, Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0) + 1);
}

/**
 * Sets a vote aside whose log the new primary could not fetch, if a quorum is left: the votes of any quorum will do. The
 * link to that voter may be cut, although its votes arrive.
 */
function setAsideSilentVote(replica: Replica): void {
  const { transfer, doViewChanges, configuration } = replica;
  if (transfer === undefined || doViewChanges.length <= configuration.quorum) return;
  const { asked } = transfer;
  replica.doViewChanges = doViewChanges.filter(({ replicaNumber }) => replicaNumber !== asked);
  replica.transfer = changed(transfer, { silent: including(transfer.silent, asked) });
}

/** Timer `resend` during a view change: sends the messages for it again. */
export function resendViewChange(context: StepContext): void {
  const { replica } = context;
  setAsideSilentVote(replica);
  broadcastStartViewChange(context);
  if (isCalledByQuorum(replica)) sendDoViewChange(context);
  replica.retransmissions++;
  arm(context, 'resend');
}
