import { primaryOf } from '../data/configuration.ts';
import type { Log } from '../data/log.ts';
import type { DoViewChange, StartView, StartViewChange } from '../data/messages.ts';
import { isPrimary, nothingAcknowledged, type Replica } from '../data/replica.ts';
import { including, nobody, sizeOf } from '../data/replicaSet.ts';
import {
  arm,
  broadcast,
  disarm,
  drop,
  type Effects,
  persistView,
  refuse,
  send,
  sendToPrimary,
} from '../transitions/effects.ts';
import { install, replaceLog } from '../transitions/execution.ts';
import { checkpointBefore } from './checkpointTransfer.ts';
import { follow, lead } from './normal.ts';
import { fetchLog, sharedWith, transferTo } from './stateTransfer.ts';

/**
 * Moves on to a later view, VRR §4.2 step 1: nothing is ordered or acknowledged any more until that view, or a later
 * one, has started. The log and the last normal view stay as they are: they are this replica's vote.
 */
export function enterViewChange(replica: Replica, effects: Effects, viewNumber: number): void {
  replica.viewNumber = viewNumber;
  replica.transfer = undefined;
  persistView(replica, effects);
  campaign(replica, effects);
}

/** Calls for the present view: ⟨STARTVIEWCHANGE v, i⟩ to all others. Also how a durable replica restarts inside one. */
export function campaign(replica: Replica, effects: Effects): void {
  replica.status = 'view-change';
  replica.acknowledged = nothingAcknowledged(replica.configuration);
  replica.prepares = [];
  replica.startViewChanges = nobody;
  replica.doViewChanges = [];
  replica.retransmissions = 0;
  broadcastStartViewChange(replica, effects);
  disarm(effects, 'heartbeat');
  arm(replica, effects, 'suspect');
  arm(replica, effects, 'resend');
  replica.viewChanges++;
  if (replica.configuration.quorum === 1) sendDoViewChange(replica, effects);
}

function broadcastStartViewChange(replica: Replica, effects: Effects): void {
  const { viewNumber, replicaNumber } = replica;
  broadcast(replica, effects, { type: 'STARTVIEWCHANGE', viewNumber, replicaNumber });
}

/** ⟨STARTVIEWCHANGE v, i⟩, VRR §4.2 step 2: when a quorum, this replica included, wants the view, it votes. */
export function onStartViewChange(replica: Replica, effects: Effects, message: StartViewChange): void {
  if (!joinsViewChange(replica, effects, message)) return;
  const { startViewChanges } = replica;
  replica.startViewChanges = including(startViewChanges, message.replicaNumber);
  if (replica.startViewChanges === startViewChanges) return drop(effects, 'that replica has called before');
  if (sizeOf(replica.startViewChanges) + 1 === replica.configuration.quorum)
    sendDoViewChange(replica, effects);
}

/** ⟨DOVIEWCHANGE v, l, v′, n, k, i⟩ to the primary of the view, VRR §4.2 step 2. It may be this replica. */
function sendDoViewChange(replica: Replica, effects: Effects): void {
  const { viewNumber, log, lastNormalView, commitNumber, replicaNumber } = replica;
  const suffix = log.tail(replica.configuration.room);
  const opNumber = log.length;
  sendToPrimary(replica, effects, {
    ...{ type: 'DOVIEWCHANGE', viewNumber, suffix, lastNormalView, opNumber, commitNumber, replicaNumber },
  });
}

/** ⟨DOVIEWCHANGE v, l, v′, n, k, i⟩, VRR §4.2 step 3: with a quorum of votes, its own among them, the view starts. */
export function onDoViewChange(replica: Replica, effects: Effects, message: DoViewChange): void {
  if (primaryOf(replica.configuration, message.viewNumber) !== replica.replicaNumber) {
    return refuse(effects, `this replica is not the primary of view ${message.viewNumber}`);
  }
  // Whatever was executed in earlier views is in the log of every later one.
  if (message.lastNormalView > replica.lastNormalView && message.opNumber < replica.commitNumber)
    return refuse(effects, 'the log lacks entries that were executed');
  if (!joinsViewChange(replica, effects, message)) return;
  const others = replica.doViewChanges.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  replica.doViewChanges = [...others, message];
  const hasOwn = replica.doViewChanges.some(({ replicaNumber }) => replicaNumber === replica.replicaNumber);
  if (hasOwn && replica.doViewChanges.length >= replica.configuration.quorum) chooseLog(replica, effects);
}

/**
 * Whether a vote counts for the present view change; a later view is entered first. Departure (VRR §4.2, left open
 * there): who is late for a view that has started is answered with its STARTVIEW.
 */
function joinsViewChange(replica: Replica, effects: Effects, vote: StartViewChange | DoViewChange): boolean {
  const { viewNumber, replicaNumber } = vote;
  if (viewNumber > replica.viewNumber) {
    if (replica.transfer !== undefined && viewNumber <= replica.transfer.viewNumber) {
      drop(effects, 'a view at least as late is known to have started');
      return false;
    }
    enterViewChange(replica, effects, viewNumber);
    return true;
  }
  if (replica.status === 'normal' && isPrimary(replica)) {
    send(replica, effects, replicaNumber, currentStartView(replica));
    return false;
  }
  if (viewNumber === replica.viewNumber && replica.status === 'view-change') return true;
  drop(effects, 'that view change is over');
  return false;
}

/**
 * The new primary takes the log of the vote with the latest normal view, and among those the longest, for that one holds
 * everything that was committed in earlier views, VRR §4.2 step 3. What the vote does not carry is fetched from whoever
 * cast it, before the view starts.
 */
export function chooseLog(replica: Replica, effects: Effects): void {
  const best = replica.doViewChanges.reduce((left, right) => (isBetterVote(right, left) ? right : left));
  const log = logOf(replica, best);
  if (log === undefined) fetchLog(replica, effects, best.lastNormalView, best.replicaNumber);
  else startView(replica, effects, log);
}

/** The log that the vote stands for, if all of it is here. */
function logOf(replica: Replica, { suffix, lastNormalView }: DoViewChange): Log | undefined {
  if (suffix.after <= sharedWith(replica, lastNormalView)) return suffix.onto(replica.log);
  const { transfer } = replica;
  const isFetched =
    transfer?.viewNumber === lastNormalView &&
    suffix.after <= transfer.log.length &&
    suffix.opNumber >= transfer.log.base;
  return isFetched ? suffix.onto(transfer.log) : undefined;
}

/** The new primary starts its view, VRR §4.2 step 3. */
function startView(replica: Replica, effects: Effects, log: Log): void {
  const votes = replica.doViewChanges;
  const committed = Math.max(...votes.map(({ commitNumber }) => commitNumber));
  becomeNormal(replica, effects, replica.viewNumber, log, committed);
  broadcast(replica, effects, currentStartView(replica));
  lead(replica, effects);
}

function isBetterVote(left: DoViewChange, right: DoViewChange): boolean {
  if (left.lastNormalView !== right.lastNormalView) return left.lastNormalView > right.lastNormalView;
  return left.opNumber > right.opNumber;
}

function currentStartView({ viewNumber, log, commitNumber, configuration }: Replica): StartView {
  const suffix = log.tail(configuration.room);
  return { type: 'STARTVIEW', viewNumber, suffix, opNumber: log.length, commitNumber };
}

/**
 * ⟨STARTVIEW v, l, n, k⟩, VRR §4.2 step 5. For the present view it is taken only in a view change: taken twice, it would
 * erase entries that were acknowledged in between, and in a state transfer it may be of the view that is being left.
 * Whoever lacks more than it carries fetches the rest as if it had missed the view's start.
 */
export function onStartView(replica: Replica, effects: Effects, message: StartView): void {
  const { viewNumber, suffix, opNumber, commitNumber } = message;
  if (viewNumber < replica.viewNumber) return drop(effects, 'that view is over');
  if (viewNumber === replica.viewNumber && replica.status !== 'view-change') {
    return drop(effects, 'this replica has held that view before');
  }
  if (opNumber < replica.commitNumber) return refuse(effects, 'the log lacks entries that were executed');
  if (suffix.after > replica.commitNumber) return transferTo(replica, effects, viewNumber);
  becomeNormal(replica, effects, viewNumber, suffix.onto(replica.log), commitNumber);
  follow(replica, effects);
}

/**
 * Takes up a view with the log it has: all in one step, for a log and a last normal view that do not belong together
 * lose acknowledged requests (repair of VRR §5.2). Also how state transfer and recovery end.
 */
export function becomeNormal(
  replica: Replica,
  effects: Effects,
  viewNumber: number,
  log: Log,
  commitNumber: number,
): void {
  const checkpoint = checkpointBefore(replica, log);
  replica.viewNumber = viewNumber;
  replica.lastNormalView = viewNumber;
  replica.status = 'normal';
  replica.acknowledged = nothingAcknowledged(replica.configuration);
  replica.prepares = [];
  replica.startViewChanges = nobody;
  replica.doViewChanges = [];
  replica.transfer = undefined;
  replica.fetching = undefined;
  replica.recovery = undefined;
  replica.retransmissions = 0;
  persistView(replica, effects, log, checkpoint);
  if (checkpoint !== undefined) install(replica, effects, checkpoint);
  replaceLog(replica, effects, log, commitNumber);
}

/** The view change stalls: everything sent for it is sent again. */
export function resendViewChange(replica: Replica, effects: Effects): void {
  broadcastStartViewChange(replica, effects);
  if (sizeOf(replica.startViewChanges) + 1 >= replica.configuration.quorum)
    sendDoViewChange(replica, effects);
  replica.retransmissions++;
  arm(replica, effects, 'resend');
}

/** Nothing was heard for too long from the primary, or of the view change under way: the next view's turn, VRR §4.2. */
export function onSuspect(replica: Replica, effects: Effects): void {
  if (replica.status === 'recovering') return drop(effects, 'a recovering replica takes part in nothing');
  if (replica.status === 'normal' && isPrimary(replica))
    return drop(effects, 'a primary does not suspect itself');
  enterViewChange(replica, effects, Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0) + 1);
}
