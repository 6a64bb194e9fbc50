import type { Checkpoint } from '../data/checkpoint.ts';
import type { Log } from '../data/log.ts';
import { isMember, withGenerations } from '../data/membership.ts';
import type { DoViewChange, StartView, StartViewChange } from '../data/messages.ts';
import { isPrimary, isQuorumWith, type Replica, zeroForEach } from '../data/replica.ts';
import { excluding, including, noReplicas, type ReplicaSet } from '../data/replicaSet.ts';
import { unreportedSummary } from './divergence.ts';
import { arm, broadcast, disarm, persistView, type StepContext, sendToPrimary } from './effects.ts';
import { installCheckpoint, replaceLog } from './execution.ts';
import { joinFetched, joinLogs, rejectLog, rejectTwo } from './joining.ts';
import { checkpointOf, fetchLog, sharedWith } from './transfer.ts';

/**
 * Moves to a later view, VRR §4.2 step 1. This replica orders and acknowledges nothing until that view, or a later
 * one, has started. The log and the last normal view do not change: they are this replica's vote. `callers` are the
 * others that have moved to that view.
 */
export function enterViewChange(context: StepContext, viewNumber: number, callers = noReplicas): void {
  const { replica } = context;
  replica.viewNumber = viewNumber;
  replica.transfer = undefined;
  persistView(context);
  callViewChange(context, callers);
}

/**
 * Calls for the current view: sends ⟨STARTVIEWCHANGE v, i, s⟩ to all others. A durable replica that crashed during a
 * view change restarts here.
 */
export function callViewChange(context: StepContext, callers = noReplicas): void {
  const { replica } = context;
  replica.status = 'view-change';
  replica.acknowledged = zeroForEach(replica.configuration);
  replica.prepares = [];
  replica.heard = noReplicas;
  replica.startViewChanges = callers;
  replica.comparisons = [];
  replica.doViewChanges = [];
  replica.retransmissions = 0;
  broadcastStartViewChange(context);
  disarm(context, 'heartbeat');
  arm(context, 'suspect');
  arm(context, 'resend');
  replica.viewChanges++;
  if (isCalledByQuorum(replica)) sendDoViewChange(context);
}

/** ⟨STARTVIEWCHANGE v, i, s⟩ to all others, VRR §4.2 step 1. */
export function broadcastStartViewChange(context: StepContext): void {
  const { viewNumber, replicaNumber, startViewChanges: callers } = context.replica;
  broadcast(context, { type: 'STARTVIEWCHANGE', viewNumber, replicaNumber, callers });
}

/** The replicas other than this one that the message says to have moved to its view. */
export function callersOf(
  { callers, replicaNumber: sender }: StartViewChange,
  replicaNumber: number,
): ReplicaSet {
  return excluding(including(callers, sender), replicaNumber);
}

/** Whether a quorum, this replica included, is known to have moved to the current view. */
export function isCalledByQuorum(replica: Replica): boolean {
  return isQuorumWith(replica, replica.startViewChanges);
}

/** ⟨DOVIEWCHANGE v, l, v′, n, k, i⟩ to the primary of the view, VRR §4.2 step 2. That may be this replica itself. */
export function sendDoViewChange(context: StepContext): void {
  const { replica } = context;
  const { viewNumber, log, lastNormalView, commitNumber, replicaNumber } = replica;
  const suffix = log.tail(replica.configuration.maxChars);
  const opNumber = log.length;
  const { generations } = replica.membership;
  sendToPrimary(context, {
    type: 'DOVIEWCHANGE',
    viewNumber,
    suffix,
    lastNormalView,
    opNumber,
    commitNumber,
    replicaNumber,
    generations,
  });
}

/**
 * The new primary takes the log of the vote with the latest normal view, and among those the longest. That log
 * contains every entry committed in earlier views, VRR §4.2 step 3. If the vote does not carry all of it, the primary
 * fetches the rest from the voter before it starts the view.
 */
export function chooseLog(context: StepContext): void {
  const { replica } = context;
  if (!hasVotes(replica)) return;
  const best = replica.doViewChanges.reduce((left, right) => (isBetterVote(right, left) ? right : left));
  const { lastNormalView, suffix, replicaNumber } = best;
  const beginning = beginningOf(replica, best);
  if (beginning === undefined) return fetchLog(context, lastNormalView, replicaNumber);
  const { transfer } = replica;
  const log =
    beginning === transfer?.log
      ? joinFetched(context, transfer, suffix, replicaNumber)
      : joinLogs(context, beginning, beginning.length, suffix, replicaNumber);
  const other = log && contradictionOf(replica, best, log);
  if (log !== undefined && other === undefined) return startView(context, log);
  if (other?.replicaNumber === replica.replicaNumber) rejectLog(context, other.opNumber, replicaNumber);
  else if (other !== undefined)
    rejectTwo(context, 'votes-differ', other.opNumber, replicaNumber, other.replicaNumber);
  replica.doViewChanges = replica.doViewChanges.filter(
    (vote) => vote !== best && (vote !== other || vote.replicaNumber === replica.replicaNumber),
  );
  chooseLog(context);
}

/** A vote of the same last normal view whose log is another than this log of the best vote, of which it should be the beginning. */
function contradictionOf(
  { doViewChanges }: Replica,
  { lastNormalView }: DoViewChange,
  log: Log,
): DoViewChange | undefined {
  return doViewChanges.find(
    (vote) => vote.lastNormalView === lastNormalView && log.differsAt(vote.opNumber, vote.suffix.checksum),
  );
}

/** Whether a quorum has voted, this replica included. Votes may have been taken out since. */
function hasVotes({ doViewChanges, replicaNumber: own, configuration }: Replica): boolean {
  return (
    doViewChanges.length >= configuration.quorum &&
    doViewChanges.some(({ replicaNumber }) => replicaNumber === own)
  );
}

function isBetterVote(left: DoViewChange, right: DoViewChange): boolean {
  if (left.lastNormalView !== right.lastNormalView) return left.lastNormalView > right.lastNormalView;
  return left.opNumber > right.opNumber;
}

/** The beginning of the vote's log, up to its suffix at least, or undefined if some of it has not arrived. */
function beginningOf(replica: Replica, { suffix, lastNormalView }: DoViewChange): Log | undefined {
  const shared = sharedWith(replica, lastNormalView);
  if (suffix.after <= shared) return replica.log.prefix(shared);
  const { transfer } = replica;
  const isFetched =
    transfer?.viewNumber === lastNormalView &&
    suffix.after <= transfer.log.length &&
    suffix.opNumber >= transfer.log.base;
  return isFetched ? transfer.log : undefined;
}

/** The new primary starts its view, VRR §4.2 step 3. */
function startView(context: StepContext, log: Log): void {
  const { replica } = context;
  const votes = replica.doViewChanges;
  const committed = Math.max(...votes.map(({ commitNumber }) => commitNumber));
  enterNormal(context, replica.viewNumber, log, committed);
  broadcast(context, currentStartView(replica));
  becomePrimary(context);
}

/** ⟨STARTVIEW v, l, n, k⟩ of the current view, VRR §4.2 step 3. */
export function currentStartView({ viewNumber, log, commitNumber, configuration }: Replica): StartView {
  const suffix = log.tail(configuration.maxChars);
  return { type: 'STARTVIEW', viewNumber, suffix, opNumber: log.length, commitNumber };
}

/**
 * Adopts a view together with its log, in one step. A log stored with the wrong last normal view loses acknowledged
 * requests (repair of VRR §5.2). State transfer and recovery end here too.
 */
export function enterNormal(context: StepContext, viewNumber: number, log: Log, commitNumber: number): void {
  const { replica } = context;
  const checkpoint = checkpointBefore(replica, log);
  const { recovery } = replica;
  const isJoining = recovery !== undefined && !isMember(replica.membership);
  if (isJoining) {
    // What the others know of losses was lost here too.
    const { founders, responses } = recovery;
    const { generations } = replica.membership;
    replica.membership = withGenerations({ founders, generations }, responses);
  }
  replica.viewNumber = viewNumber;
  replica.lastNormalView = viewNumber;
  replica.status = 'normal';
  replica.acknowledged = zeroForEach(replica.configuration);
  replica.prepares = [];
  replica.heard = noReplicas;
  replica.startViewChanges = noReplicas;
  replica.comparisons = [];
  replica.reported = 0;
  replica.doViewChanges = [];
  replica.transfer = undefined;
  replica.checkpointTransfer = undefined;
  replica.recovery = undefined;
  replica.retransmissions = 0;
  replica.clocks = zeroForEach(replica.configuration);
  replica.crawledFrom = 0;
  persistView(context, log, checkpoint, isJoining ? replica.membership : undefined);
  if (checkpoint !== undefined) installCheckpoint(context, checkpoint);
  replaceLog(context, log, commitNumber);
}

/** The fetched checkpoint at which the log begins, or undefined if this replica has executed that far. */
function checkpointBefore(
  { checkpointTransfer: fetching, commitNumber }: Replica,
  log: Log,
): Checkpoint | undefined {
  if (log.base <= commitNumber) return undefined;
  if (fetching?.opNumber !== log.base) throw new Error(`The checkpoint of ${log.base} entries is not here.`);
  return checkpointOf(fetching);
}

/**
 * The primary takes up its view: it acknowledges the log to itself, and resends what is not committed (VRR §4.1,
 * §4.2).
 */
function becomePrimary(context: StepContext): void {
  const { replica } = context;
  acknowledge(context);
  disarm(context, 'suspect');
  disarm(context, 'resend');
  if (replica.configuration.size === 1) return;
  arm(context, 'heartbeat');
  arm(context, 'suspect');
  if (replica.log.length === replica.commitNumber) return;
  // STARTVIEW stood for a PREPARE of the whole log.
  replica.prepares = [replica.log.length];
  startResending(context);
}

/**
 * A backup takes up the view: it waits for the primary, and acknowledges entries that it does not know to be
 * committed.
 */
export function becomeBackup(context: StepContext): void {
  const { replica } = context;
  disarm(context, 'heartbeat');
  disarm(context, 'resend');
  arm(context, 'suspect');
  if (replica.log.length > replica.commitNumber) acknowledge(context);
}

/** ⟨PREPAREOK v, n, i, t⟩ for the whole log, VRR §4.1 step 4. The primary sends it to itself. */
export function acknowledge(context: StepContext): void {
  const { replica, reading } = context;
  const { viewNumber, log, replicaNumber } = replica;
  const checkpoint = isPrimary(replica) ? null : unreportedSummary(replica);
  const opNumber = log.length;
  const suffix = log.suffix(opNumber);
  const clock = reading.time;
  const held = { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber, suffix, clock, checkpoint } as const;
  sendToPrimary(context, held);
}

/** Starts the `resend` timer without backoff. */
export function startResending(context: StepContext): void {
  context.replica.retransmissions = 0;
  arm(context, 'resend');
}
