import { Log } from '../data/log.ts';
import { generationOf, isForgotten, isMember, withGeneration } from '../data/membership.ts';
import type { Founded, Recovering, Recovery, RecoveryResponse } from '../data/messages.ts';
import { isPrimary, type RecoveryProgress, type Replica, stateAnswered } from '../data/replica.ts';
import { type Image, readBack, type Stored } from '../data/storage.ts';
import { remainHalted } from '../transitions/divergence.ts';
import {
  alarm,
  arm,
  broadcast,
  drop,
  persistMembership,
  type StepContext,
  send,
} from '../transitions/effects.ts';
import { installCheckpoint, replaceLog } from '../transitions/execution.ts';
import { answerNewcomer, begin, foundIfAllAreNew } from '../transitions/founding.ts';
import { joinLogs } from '../transitions/joining.ts';
import { fetchLog } from '../transitions/transfer.ts';
import { becomeBackup, callViewChange, enterNormal, enterViewChange } from '../transitions/view.ts';

/** What a replica restarts with. */
interface Restart {
  readonly stored: Stored;
  readonly incarnation: number;
  readonly name: string;
}

/**
 * Input `restart`: the replica comes back after a crash, with the contents of its stable storage (VRR §4.3). A
 * durable replica has lost nothing that another process depends on. A replica whose storage does not say that it takes
 * part in its group waits for the group to be founded, or recovers: its storage is new, or was lost.
 */
export function onRestart(context: StepContext, { stored, incarnation, name }: Restart): void {
  const { replica } = context;
  const image = readBack(stored.image, stored.records);
  replica.viewNumber = image.viewNumber;
  replica.membership = image.membership;
  if (image.halted !== undefined) return remainHalted(context, image.halted, image.lastNormalView);
  const start = `${name}/${incarnation}`;
  if (!isMember(image.membership)) return joinGroup(context, start, name);
  if (image.checkpoint !== undefined) installCheckpoint(context, image.checkpoint);
  if (replica.configuration.mode === 'diskless') recoverDiskless(context, start);
  else if (image.isCorrupt) recoverCorruptLog(context, image, start);
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
function recoverCorruptLog(context: StepContext, image: Image, incarnation: string): void {
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
function recoverDiskless(context: StepContext, incarnation: string): void {
  const { replica } = context;
  replica.status = 'recovering';
  const [checkpoint] = replica.checkpoints;
  if (checkpoint !== undefined) replica.log = Log.after(checkpoint.opNumber, checkpoint);
  startRecovery(context, incarnation);
}

function joinGroup(context: StepContext, incarnation: string, name: string): void {
  const { replica } = context;
  if (replica.configuration.size === 1) return begin(context, [name]);
  replica.status = 'recovering';
  startRecovery(context, incarnation, name);
}

function startRecovery(context: StepContext, incarnation: string, name: string | null = null): void {
  const { founders } = context.replica.membership;
  const recovery = {
    incarnation,
    name,
    founders,
    attempt: 0,
    responses: [],
    recovering: [],
    recoveringBefore: [],
  };
  sendRecovery(context, recovery);
  alarmIfTooMany(context, recovery);
}

/** The recovery with this part of it changed. This literal gives all of them one hidden class, and a spread would not. */
function changed(recovery: RecoveryProgress, part: Partial<RecoveryProgress>): RecoveryProgress {
  const all = { ...recovery, ...part };
  const { incarnation, name, founders, attempt, responses, recovering, recoveringBefore } = all;
  return { incarnation, name, founders, attempt, responses, recovering, recoveringBefore };
}

/** ⟨RECOVERY v, i, x, g, s⟩ to all others, VRR §4.3 step 1. */
function sendRecovery(context: StepContext, recovery: RecoveryProgress): void {
  const { replica } = context;
  replica.recovery = recovery;
  broadcast(context, recoveryOf(replica, recovery));
  arm(context, 'resend');
}

function recoveryOf(
  { viewNumber, membership, replicaNumber }: Replica,
  recovery: RecoveryProgress,
): Recovery {
  const generation = generationOf(membership, replicaNumber);
  const { name } = recovery;
  return { type: 'RECOVERY', viewNumber, nonce: nonceOf(recovery), generation, name, replicaNumber };
}

function nonceOf({ incarnation, attempt }: RecoveryProgress): string {
  return `${incarnation}.${attempt}`;
}

/**
 * ⟨RECOVERY v, i, x, g, s⟩, VRR §4.3 step 2: only a normal replica answers.
 *
 * Repair (Michael et al. 2017): the sender may have entered a later view before it crashed, and may recover only in
 * that view or a later one. The others therefore move to it.
 */
export function onRecovery(context: StepContext, message: Recovery): void {
  const { replica } = context;
  if (replica.recovery !== undefined) return sendRecovering(context, replica.recovery, message);
  if (answerNewcomer(context, message)) return;
  if (message.viewNumber > Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0)) {
    return enterViewChange(context, message.viewNumber);
  }
  if (replica.status !== 'normal' || message.viewNumber > replica.viewNumber) {
    return drop(context, 'cannot-help-recovery');
  }
  noteGeneration(context, message);
  const { viewNumber, log, commitNumber, replicaNumber, configuration, membership } = replica;
  const state = isPrimary(replica)
    ? { suffix: log.tail(configuration.maxChars), opNumber: log.length, commitNumber }
    : null;
  const { nonce } = message;
  const answer = { type: 'RECOVERYRESPONSE', viewNumber, nonce, state, replicaNumber, membership } as const;
  send(context, message.replicaNumber, answer);
}

/**
 * Notes durably how often the sender has lost its memory, before it answers.
 *
 * Repair (Michael et al. 2017, for a replica whose view-number is lost too): the votes of this replica say so from now on,
 * so that none of the sender's votes from before is counted with them.
 */
function noteGeneration(context: StepContext, { replicaNumber, generation }: Recovery): void {
  const { replica } = context;
  if (generation <= generationOf(replica.membership, replicaNumber)) return;
  replica.membership = withGeneration(replica.membership, replicaNumber, generation);
  persistMembership(context);
}

function sendRecovering(context: StepContext, recovery: RecoveryProgress, asking: Recovery): void {
  const { replica } = context;
  const { nonce, replicaNumber: to } = asking;
  const { incarnation, name, recovering } = recovery;
  const { viewNumber, replicaNumber } = replica;
  send(context, to, { type: 'RECOVERING', viewNumber, nonce, incarnation, name, replicaNumber });
  // The founder asks a replica that has come since it asked all.
  const isNew = asking.name !== null && recovering.every((other) => other.replicaNumber !== to);
  if (name !== null && isNew) send(context, to, recoveryOf(replica, recovery));
}

/**
 * ⟨RECOVERING v, x, y, s, i⟩: that replica was recovering when it was asked with the nonce x. A late RECOVERY would not
 * show it, because its sender may have recovered long ago.
 */
export function onRecovering(context: StepContext, message: Recovering): void {
  const { replica } = context;
  const { recovery } = replica;
  if (recovery === undefined) return drop(context, 'not-recovering');
  if (message.nonce !== nonceOf(recovery)) return drop(context, 'nonce-outdated');
  const others = recovery.recovering.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  const known = changed(recovery, { recovering: [...others, message] });
  replica.recovery = known;
  alarmIfTooMany(context, known);
  foundIfAllAreNew(context, known);
}

/**
 * ⟨FOUNDED s, i⟩: the group was founded. A founder begins, with the storage that it had then. Any other replica that takes no
 * part in the group has lost its memory.
 */
export function onFounded(context: StepContext, { founders }: Founded): void {
  const { replica } = context;
  const { recovery, replicaNumber } = replica;
  if (recovery === undefined || recovery.name === null) return drop(context, 'already-member');
  if (founders[replicaNumber] === recovery.name) return begin(context, founders);
  noteFounders(context, recovery, founders);
}

function noteFounders(context: StepContext, recovery: RecoveryProgress, founders: readonly string[]): void {
  if (recovery.founders.length > 0) return;
  const known = changed(recovery, { founders });
  context.replica.recovery = known;
  alarmIfTooMany(context, known);
}

/**
 * If more than f replicas lose their state at once, answered requests may be lost, and no protocol can bring them
 * back. Replicas that answered two nonces in one incarnation were all recovering when the second one was sent. A founder
 * that has not begun has lost nothing.
 */
function alarmIfTooMany(
  context: StepContext,
  { recovering: now, recoveringBefore: before, founders }: RecoveryProgress,
): void {
  if (founders.length === 0) return;
  const others = now.filter(
    ({ replicaNumber, incarnation, name }) =>
      founders[replicaNumber] !== name &&
      before.some((other) => other.replicaNumber === replicaNumber && other.incarnation === incarnation),
  );
  const recovering = others.length + 1;
  const { tolerated } = context.replica.configuration;
  if (recovering > tolerated) alarm(context, { code: 'too-many-recovering', recovering, tolerated });
}

/**
 * ⟨RECOVERYRESPONSE v, x, l, n, k, j, m⟩, VRR §4.3 step 3. With answers from f + 1 other replicas, this replica adopts
 * the state of the primary of the latest view among them, unless it had entered a later view itself. It fetches
 * entries that the answer does not carry, and keeps recovering meanwhile.
 */
export function onRecoveryResponse(context: StepContext, message: RecoveryResponse): void {
  const { replica } = context;
  const { recovery } = replica;
  if (recovery === undefined) return drop(context, 'not-recovering');
  if (message.nonce !== nonceOf(recovery)) return drop(context, 'nonce-outdated');
  const others = recovery.responses.filter(({ replicaNumber }) => replicaNumber !== message.replicaNumber);
  const told = [...others, message];
  const known = told.map(({ membership }) => membership);
  // Who has lost its memory since it answered has forgotten what it had noted.
  const responses = told.filter((one) => !isForgotten(one.replicaNumber, one.membership, known));
  replica.recovery = changed(recovery, { responses });
  noteFounders(context, replica.recovery, message.membership.founders);
  if (responses.length <= replica.configuration.tolerated) return;
  if (recovery.name !== null && !isNewGeneration(context, recovery, responses)) return;
  const answered = stateAnswered(replica);
  if (answered === undefined) return;
  const { viewNumber, primary, suffix, opNumber, commitNumber } = answered;
  // The primary holds every entry executed in its view and before. Such an answer is outdated.
  if (opNumber < replica.commitNumber) return;
  if (suffix.after > replica.log.length) return fetchLog(context, viewNumber, primary, suffix);
  const log = joinLogs(context, replica.log, replica.log.length, suffix, primary);
  if (log === undefined) return;
  enterNormal(context, viewNumber, log, commitNumber);
  becomeBackup(context);
}

/**
 * Whether those who answered know this loss of memory, and no later one. A replica that does not know how often it has
 * lost its memory learns it from f + 1 others first: so many knew of each loss before.
 */
function isNewGeneration(
  context: StepContext,
  recovery: RecoveryProgress,
  responses: readonly RecoveryResponse[],
): boolean {
  const { replica } = context;
  const { replicaNumber, membership } = replica;
  const claimed = generationOf(membership, replicaNumber);
  const known = Math.max(...responses.map((one) => generationOf(one.membership, replicaNumber)));
  if (claimed > 0 && known === claimed) return true;
  replica.membership = withGeneration(membership, replicaNumber, known + 1);
  const { attempt, founders } = context.replica.recovery ?? recovery;
  const again = { attempt: attempt + 1, responses: [], recovering: [], recoveringBefore: [] };
  sendRecovery(context, changed(recovery, { founders, ...again }));
  return false;
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
  sendRecovery(context, isOver ? changed(recovery, again) : recovery);
}
