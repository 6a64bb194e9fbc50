import { primaryOf } from '../data/configuration.ts';
import { Log } from '../data/log.ts';
import type { Recovering, Recovery, RecoveryResponse } from '../data/messages.ts';
import { isPrimary, type RecoveryProgress } from '../data/replica.ts';
import { type Image, readBack, type Stored } from '../data/storage.ts';
import { remainHalted } from '../transitions/divergence.ts';
import { alarm, arm, broadcast, drop, type StepContext, send } from '../transitions/effects.ts';
import { installCheckpoint, replaceLog } from '../transitions/execution.ts';
import { fetchLog } from '../transitions/transfer.ts';
import { becomeBackup, callViewChange, enterNormal, enterViewChange } from '../transitions/view.ts';

/**
 * Input `restart`: the replica comes back after a crash, with the contents of its stable storage (VRR §4.3). A
 * durable replica has lost nothing that another process depends on.
 */
export function onRestart(context: StepContext, stored: Stored, incarnation: number): void {
  const { replica } = context;
  const image = readBack(stored.image, stored.records);
  replica.viewNumber = image.viewNumber;
  if (image.halted !== undefined) return remainHalted(context, image.halted, image.lastNormalView);
  if (image.checkpoint !== undefined) installCheckpoint(context, image.checkpoint);
  if (replica.configuration.mode === 'diskless') recoverDiskless(context, incarnation);
  else if (image.isCorrupt) recoverCorruptLog(context, image, incarnation);
  else resumeFromStorage(context, image);
}

/**
 * A durable replica continues where it stopped. A primary calls for the next view instead: PREPAREs may have left it
 * that its storage does not hold, and it would give their numbers to other requests.
 */
function resumeFromStorage(context: StepContext, image: Image): void {
  const { replica } = context;
  replica.lastNormalView = image.lastNormalView;
  replica.status = 'recovering';
  replaceLog(context, image.log, image.commitNumber);
  if (image.lastNormalView < image.viewNumber) return callViewChange(context);
  replica.status = 'normal';
  if (isPrimary(replica)) enterViewChange(context, image.viewNumber + 1);
  else becomeBackup(context);
}

/**
 * A log with missing entries must not become a vote, because the others would take it for all that this replica ever
 * acknowledged. The replica keeps the committed part, and asks the others for the rest as if it had lost its state
 * (VRR §4.3).
 */
function recoverCorruptLog(context: StepContext, image: Image, incarnation: number): void {
  const { replica } = context;
  const { log, lastNormalView } = image;
  // The installed checkpoint may reach further than the commit-number that was stored.
  const commitNumber = Math.max(image.commitNumber, replica.commitNumber);
  replica.lastNormalView = lastNormalView;
  replica.status = 'recovering';
  replaceLog(context, log.prefix(Math.min(commitNumber, log.length)), commitNumber);
  startRecovery(context, incarnation);
}

/**
 * A diskless replica has lost everything except its view-number and its latest checkpoint. It asks the others for the
 * rest (VRR §4.3 step 1, §5.1).
 */
function recoverDiskless(context: StepContext, incarnation: number): void {
  const { replica } = context;
  replica.status = 'recovering';
  const [checkpoint] = replica.checkpoints;
  if (checkpoint !== undefined) replica.log = Log.after(checkpoint.opNumber, checkpoint.time);
  startRecovery(context, incarnation);
}

function startRecovery(context: StepContext, incarnation: number): void {
  const recovery = { incarnation, attempt: 0, responses: [], recovering: [], recoveringBefore: [] };
  sendRecovery(context, recovery);
  alarmIfTooMany(context, recovery);
}

/** ⟨RECOVERY v, i, x⟩ to all others, VRR §4.3 step 1. */
function sendRecovery(context: StepContext, recovery: RecoveryProgress): void {
  const { replica } = context;
  replica.recovery = recovery;
  const { viewNumber, replicaNumber } = replica;
  broadcast(context, { type: 'RECOVERY', viewNumber, nonce: nonceOf(recovery), replicaNumber });
  arm(context, 'resend');
}

function nonceOf({ incarnation, attempt }: RecoveryProgress): string {
  return `${incarnation}.${attempt}`;
}

/**
 * ⟨RECOVERY v, i, x⟩, VRR §4.3 step 2: only a normal replica answers.
 *
 * Repair (Michael et al. 2017): the sender may have entered a later view before it crashed, and may recover only in
 * that view or a later one. The others therefore move to it.
 */
export function onRecovery(context: StepContext, message: Recovery): void {
  const { replica } = context;
  if (replica.recovery !== undefined) return sendRecovering(context, replica.recovery, message);
  if (message.viewNumber > Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0)) {
    return enterViewChange(context, message.viewNumber);
  }
  if (replica.status !== 'normal' || message.viewNumber > replica.viewNumber) {
    return drop(context, 'cannot-help-recovery');
  }
  const { viewNumber, log, commitNumber, replicaNumber, configuration } = replica;
  const state = isPrimary(replica)
    ? { suffix: log.tail(configuration.maxChars), opNumber: log.length, commitNumber }
    : null;
  send(context, message.replicaNumber, {
    ...{ type: 'RECOVERYRESPONSE', viewNumber, nonce: message.nonce, state, replicaNumber },
  });
}

function sendRecovering(
  context: StepContext,
  { incarnation }: RecoveryProgress,
  { nonce, ...asking }: Recovery,
): void {
  const { viewNumber, replicaNumber } = context.replica;
  send(context, asking.replicaNumber, { type: 'RECOVERING', viewNumber, nonce, incarnation, replicaNumber });
}

/**
 * ⟨RECOVERING v, x, y, i⟩: that replica was recovering when it was asked with the nonce x. A late RECOVERY would not
 * show it, because its sender may have recovered long ago.
 */
export function onRecovering(context: StepContext, message: Recovering): void {
  const { replica } = context;
  const { recovery } = replica;
  if (recovery === undefined) return drop(context, 'not-recovering');
  if (message.nonce !== nonceOf(recovery)) return drop(context, 'nonce-outdated');
  const others = recovery.recovering.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  replica.recovery = { ...recovery, recovering: [...others, message] };
  alarmIfTooMany(context, replica.recovery);
}

/**
 * If more than f replicas lose their state at once, answered requests may be lost, and no protocol can bring them
 * back. Replicas that answered two nonces in one incarnation were all recovering when the second one was sent.
 */
function alarmIfTooMany(
  context: StepContext,
  { recovering: now, recoveringBefore: before }: RecoveryProgress,
): void {
  const others = now.filter(({ replicaNumber, incarnation }) =>
    before.some((other) => other.replicaNumber === replicaNumber && other.incarnation === incarnation),
  );
  const recovering = others.length + 1;
  const { tolerated } = context.replica.configuration;
  if (recovering > tolerated) alarm(context, { code: 'too-many-recovering', recovering, tolerated });
}

/**
 * ⟨RECOVERYRESPONSE v, x, l, n, k, j⟩, VRR §4.3 step 3. With answers from f + 1 other replicas, this replica adopts
 * the state of the primary of the latest view among them, unless it had entered a later view itself. It fetches
 * entries that the answer does not carry, and keeps recovering meanwhile.
 */
export function onRecoveryResponse(context: StepContext, message: RecoveryResponse): void {
  const { replica } = context;
  const { recovery } = replica;
  if (recovery === undefined) return drop(context, 'not-recovering');
  if (message.nonce !== nonceOf(recovery)) return drop(context, 'nonce-outdated');
  const others = recovery.responses.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  const responses = [...others, message];
  replica.recovery = { ...recovery, responses };
  if (responses.length <= replica.configuration.tolerated) return;
  const latest = Math.max(...responses.map(({ viewNumber }) => viewNumber));
  const primary = primaryOf(replica.configuration, latest);
  const answer = responses.find(
    ({ viewNumber, replicaNumber }) => viewNumber === latest && replicaNumber === primary,
  );
  if (answer === undefined || answer.state === null || latest < replica.viewNumber) return;
  const { suffix, opNumber, commitNumber } = answer.state;
  // The primary holds every entry executed in its view and before. Such an answer is outdated.
  if (opNumber < replica.commitNumber) return;
  if (suffix.after > replica.log.length) return fetchLog(context, latest, primary);
  enterNormal(context, latest, suffix.onto(replica.log), commitNumber);
  becomeBackup(context);
}

/**
 * Timer `resend` during a recovery. Answers from different views cannot be combined, so the replica starts over with
 * a new nonce. It does the same if the log that it fetches has stalled, because the view of that log may be over, and if
 * others recover too, to learn whether they still do. It keeps the entries fetched so far.
 */
export function resendRecovery(context: StepContext): void {
  const { replica } = context;
  const { recovery } = replica;
  if (recovery === undefined) return drop(context, 'not-recovering');
  replica.retransmissions++;
  const { attempt, responses, recovering } = recovery;
  const views = new Set(responses.map(({ viewNumber }) => viewNumber));
  const isOver = views.size > 1 || replica.transfer !== undefined || recovering.length > 0;
  const again = { attempt: attempt + 1, responses: [], recovering: [], recoveringBefore: recovering };
  sendRecovery(context, isOver ? { ...recovery, ...again } : recovery);
}
