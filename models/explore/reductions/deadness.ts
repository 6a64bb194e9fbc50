import {
  type CommitOk,
  type Configuration,
  isQuorumWith,
  type Prepare,
  type PrepareOk,
  primaryOf,
  type StartViewChange,
} from '../../../impl/index.ts';
import { restartOf } from '../../world/disk.ts';
import type { Packet } from '../../world/packet.ts';
import type { ClientMachine, Machine } from '../../world/world.ts';
import type { Remaining } from '../budget/bounds.ts';
import { countsCallers } from '../states/essential.ts';

/*
 * Which messages are dead: they will never change anything, whenever they arrive. All this relies on the protocol as it
 * should be, so it is unsound for mutants.
 */

/** What decides whether a message is dead, besides its receiver. */
export interface DeadnessContext {
  readonly configuration: Configuration;
  readonly left: Remaining;
  /** The latest view that any replica can still enter. */
  readonly lastView: number;
}

/** Whether the receiver will drop the message, now and after any crash that may still happen. */
export function isNeverTaken(
  { message }: Packet,
  receiver: Machine | ClientMachine,
  { configuration, left }: DeadnessContext,
): boolean {
  if ('client' in receiver) return message.type === 'REPLY' && isAnswered(message, receiver);
  switch (message.type) {
    case 'PREPARE':
    // Here votes carry whole logs, so no replica fetches the log of an earlier view.
    case 'NEWSTATE':
      return message.viewNumber < lowestFutureView(receiver, left);
    case 'GETSTATE':
      return message.viewNumber < lowestFutureNormalView(receiver, left);
    case 'COMMIT':
      return (
        message.viewNumber < lowestFutureView(receiver, left) ||
        // While the primary may ask for a quorum, the answer matters.
        (left.suspicions === 0 &&
          message.viewNumber === lowestFutureView(receiver, left) &&
          message.commitNumber <= lowestFutureCommit(receiver, left))
      );
    case 'PREPAREOK':
      return isCounted(receiver, message, left);
    case 'COMMITOK':
      return isHeard(receiver, message, left);
    case 'STARTVIEW':
      return hasTakenUp(receiver, message.viewNumber, { configuration, left });
    case 'RECOVERYRESPONSE':
    case 'RECOVERING':
      return isRecoveryOver(message.nonce, receiver);
    default:
      return false;
  }
}

/**
 * Whether the message changes nothing at its receiver, now or later, and every answer to it would be dropped by the
 * requester.
 */
export function isNeverNeeded(
  { message, to }: Packet,
  receiver: Machine | ClientMachine,
  requester: Machine | ClientMachine,
  circumstances: DeadnessContext,
): boolean {
  if ('client' in receiver) return false;
  const { left } = circumstances;
  if ('client' in requester) {
    if (message.type !== 'REQUEST' || !isAnswered(message, requester)) return false;
    const executed = receiver.replica?.clientTable.get(message.clientId);
    return executed !== undefined && executed.requestNumber >= message.requestNumber;
  }
  switch (message.type) {
    case 'STARTVIEWCHANGE':
    case 'DOVIEWCHANGE': {
      const { viewNumber } = message;
      const joins =
        !hasTakenUp(receiver, viewNumber, circumstances) &&
        !(message.type === 'STARTVIEWCHANGE' && isCalled(receiver, message, left));
      return !joins && !mayStartFor(to, receiver, requester, circumstances);
    }
    case 'RECOVERY':
      return (
        left.crashes === 0 &&
        receiver.replica !== undefined &&
        receiver.replica.status !== 'recovering' &&
        message.viewNumber <= receiver.replica.viewNumber &&
        isRecoveryOver(message.nonce, requester)
      );
    case 'PREPARE':
      return isPrepared(message, receiver, requester, left);
    case 'GETSTATE':
      return message.viewNumber < lowestFutureView(requester, left);
    default:
      return false;
  }
}

/** Whether a second copy of the message changes nothing after the first, whatever happens between them. */
export function countsOnce({ message }: Packet, { configuration, left }: DeadnessContext): boolean {
  switch (message.type) {
    case 'REPLY':
      return true;
    case 'PREPAREOK':
    case 'COMMITOK':
      return left.suspicions <= 1;
    case 'STARTVIEW':
      // A durable replica may lose the view that it entered in a crash, and need the message again.
      return configuration.mode === 'diskless' || left.crashes === 0;
    default:
      return false;
  }
}

/** Whether the client has accepted an answer to this request, or never will. */
export function isAnswered(
  { clientId, requestNumber }: { readonly clientId: string; readonly requestNumber: number },
  { client }: ClientMachine,
): boolean {
  if (clientId !== client.clientId) return true;
  const [oldest] = client.outstanding;
  return oldest === undefined ? requestNumber <= client.requestNumber : requestNumber < oldest.requestNumber;
}

/** Whether the recovery that used this nonce is over. */
function isRecoveryOver(nonce: string, { replica, incarnation }: Machine): boolean {
  return restartOf(nonce) < incarnation || replica === undefined || replica.recovery === undefined;
}

/** The lowest view in which this machine can be from now on. */
function lowestFutureView({ replica, disk }: Machine, left: Remaining): number {
  return replica !== undefined && left.crashes === 0 ? replica.viewNumber : disk.image.viewNumber;
}

/** The lowest last normal view that this machine can have from now on. */
function lowestFutureNormalView({ replica, disk }: Machine, left: Remaining): number {
  return replica !== undefined && left.crashes === 0 ? replica.lastNormalView : disk.image.lastNormalView;
}

/** Whether the replica is normal in the view, and stays so until it enters a later one. */
function staysNormalIn(machine: Machine, viewNumber: number, left: Remaining): boolean {
  const { replica } = machine;
  const isNormal = replica?.status === 'normal' && replica.viewNumber === viewNumber;
  return isNormal && lowestFutureView(machine, left) === viewNumber;
}

/** The lowest commit-number that the replica can have in its present view from now on. */
function lowestFutureCommit({ replica, disk }: Machine, left: Remaining): number {
  return replica !== undefined && left.crashes === 0 ? replica.commitNumber : disk.image.commitNumber;
}

/** Whether the backup holds all that the PREPARE carries, and the primary has counted that. */
function isPrepared(message: Prepare, backup: Machine, primary: Machine, left: Remaining): boolean {
  const { replica, disk } = backup;
  const { viewNumber } = message;
  if (replica === undefined || !staysNormalIn(backup, viewNumber, left)) return false;
  if (lowestFutureCommit(backup, left) < message.commitNumber) return false;
  const opNumber =
    left.crashes === 0 ? replica.log.length : Math.min(replica.log.length, disk.image.log.length);
  return (
    message.opNumber <= opNumber &&
    isCounted(primary, { viewNumber, opNumber, replicaNumber: replica.replicaNumber }, left)
  );
}

/** Whether the machine has been normal in the view or is past it, so that it drops every STARTVIEW of that view. */
function hasTakenUp(
  machine: Machine,
  viewNumber: number,
  { configuration, left }: Pick<DeadnessContext, 'configuration' | 'left'>,
): boolean {
  const { replica } = machine;
  const reached = lowestFutureView(machine, left);
  if (viewNumber !== reached) return viewNumber < reached;
  const mayWaitForIt = replica?.status === 'view-change' && replica.viewNumber === viewNumber;
  // A replica that waits for the state of a later view takes no further part in its own.
  if (replica?.status === 'state-transfer' && left.crashes === 0) return true;
  // A diskless replica comes back only by recovery, which makes it normal in no earlier view.
  if (configuration.mode === 'diskless') return !mayWaitForIt;
  return lowestFutureNormalView(machine, left) >= viewNumber;
}

/** Whether the call for the view was counted, or there is a quorum without it. */
function isCalled(
  { replica, disk }: Machine,
  { viewNumber, replicaNumber, callers }: StartViewChange,
  left: Remaining,
): boolean {
  if (replica?.status !== 'view-change' || replica.viewNumber !== viewNumber) return false;
  const { mode } = replica.configuration;
  // After a crash, a durable replica calls for the view again and counts from the start.
  if (left.crashes > 0 && (mode === 'durable' || disk.image.viewNumber < viewNumber)) return false;
  if (!countsCallers(replica, left)) return true;
  const named = (callers | (1 << replicaNumber)) & ~(1 << replica.replicaNumber);
  return (named & ~replica.startViewChanges) === 0;
}

/** Whether the replica may still become primary of a view that the requester has not entered: it answers late votes with STARTVIEW. */
function mayStartFor(
  number: number,
  receiver: Machine,
  requester: Machine,
  circumstances: DeadnessContext,
): boolean {
  const { configuration, left, lastView } = circumstances;
  for (let view = lowestFutureView(receiver, left); view <= lastView; view++) {
    if (primaryOf(configuration, view) === number && !hasTakenUp(requester, view, circumstances)) return true;
  }
  return false;
}

/** Whether the primary of the acknowledged view has counted the acknowledgement, or will never count it. */
function isCounted(
  machine: Machine,
  message: Omit<PrepareOk, 'type' | 'suffix' | 'clock' | 'checkpoint'>,
  left: Remaining,
): boolean {
  if (!isHeard(machine, message, left)) return false;
  const { replica } = machine;
  const { viewNumber, opNumber, replicaNumber } = message;
  if (replica?.viewNumber !== viewNumber || replica.status !== 'normal') return true;
  return opNumber <= replica.commitNumber || opNumber <= (replica.acknowledged[replicaNumber] ?? 0);
}

/** Whether it changes nothing that the primary of the view hears this replica once more. */
function isHeard(
  { replica }: Machine,
  { viewNumber, replicaNumber }: Omit<CommitOk, 'type' | 'clock' | 'checkpoint'>,
  left: Remaining,
): boolean {
  // A primary that crashed or moved on is never primary of that view again.
  if (replica?.viewNumber !== viewNumber || replica.status !== 'normal') return true;
  if (left.suspicions === 0) return true;
  // A timer that fires now leaves others to fire after it, for which the replica must be heard again.
  return (
    left.suspicions === 1 &&
    (isQuorumWith(replica, replica.heard) || (replica.heard & (1 << replicaNumber)) !== 0)
  );
}
