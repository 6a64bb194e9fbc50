import { type Configuration, type Prepare, type PrepareOk, primaryOf } from '../../../impl/index.ts';
import type { Packet } from '../../world/packet.ts';
import type { ClientMachine, Machine } from '../../world/world.ts';
import type { Remaining } from '../budget/bounds.ts';
import { isCalledByQuorum } from '../states/essential.ts';

/*
 * Which messages will never again bring anything about, whenever they arrive. All this relies on the protocol as it
 * should be, so it is not for implementations from which a rule was removed.
 */

/** What must be known beyond the receiver to tell whether a message is dead. */
export interface Circumstances {
  readonly configuration: Configuration;
  readonly left: Remaining;
  /** No view after this one will be entered by anyone. */
  readonly lastView: number;
}

/** Whether the message's receiver will never take it, now or after any crash that may still happen. */
export function neverTaken(
  { message }: Packet,
  receiver: Machine | ClientMachine,
  { configuration, left }: Circumstances,
): boolean {
  if ('client' in receiver) return message.type === 'REPLY' && isAnswered(message, receiver);
  switch (message.type) {
    case 'PREPARE':
    // A vote carries its whole log in an exploration, so that no log of an earlier view is ever fetched.
    case 'NEWSTATE':
      return message.viewNumber < viewForGood(receiver, left);
    case 'GETSTATE':
      return message.viewNumber < lastNormalForGood(receiver, left);
    case 'COMMIT':
      return (
        message.viewNumber < viewForGood(receiver, left) ||
        (message.viewNumber === viewForGood(receiver, left) &&
          message.commitNumber <= committedForGood(receiver, left))
      );
    case 'PREPAREOK':
      return isCounted(receiver, message);
    case 'STARTVIEW':
      return hasTakenUp(receiver, message.viewNumber, { configuration, left });
    case 'RECOVERYRESPONSE':
      return isOver(message.nonce, receiver);
    default:
      return false;
  }
}

/**
 * Whether the message is a question that changes nothing at its receiver, now or later, and whose answers would never
 * be taken by the one who asked.
 */
export function neverNeeded(
  { message, to }: Packet,
  receiver: Machine | ClientMachine,
  asker: Machine | ClientMachine,
  circumstances: Circumstances,
): boolean {
  if ('client' in receiver) return false;
  const { left } = circumstances;
  if ('client' in asker) {
    if (message.type !== 'REQUEST' || !isAnswered(message, asker)) return false;
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
      return !joins && !mayStartFor(to, receiver, asker, circumstances);
    }
    case 'RECOVERY':
      return (
        left.crashes === 0 &&
        receiver.replica !== undefined &&
        receiver.replica.status !== 'recovering' &&
        message.viewNumber <= receiver.replica.viewNumber &&
        isOver(message.nonce, asker)
      );
    case 'PREPARE':
      return isPrepared(message, receiver, asker, left);
    case 'GETSTATE':
      return message.viewNumber < viewForGood(asker, left);
    default:
      return false;
  }
}

/** Whether a second copy of the message brings nothing about that one copy does not, whatever comes between them. */
export function countsOnce({ message }: Packet, { configuration, left }: Circumstances): boolean {
  switch (message.type) {
    case 'REPLY':
    case 'PREPAREOK':
      return true;
    case 'STARTVIEW':
      // A durable replica may lose the view that it took up, and need the message again.
      return configuration.mode === 'diskless' || left.crashes === 0;
    default:
      return false;
  }
}

/** Whether the client has the answer to this request, or will never want it. */
export function isAnswered(
  { clientId, requestNumber }: { readonly clientId: string; readonly requestNumber: number },
  { client }: ClientMachine,
): boolean {
  if (clientId !== client.clientId) return true;
  const [oldest] = client.outstanding;
  return oldest === undefined ? requestNumber <= client.requestNumber : requestNumber < oldest.requestNumber;
}

/** Whether the recovery that used this nonce is over. */
function isOver(nonce: string, { replica, incarnation }: Machine): boolean {
  const asked = Number(nonce.slice(0, nonce.indexOf('.')));
  return asked < incarnation || replica === undefined || replica.recovery === undefined;
}

/** A view below which this machine will never be again. */
function viewForGood({ replica, disk }: Machine, left: Remaining): number {
  return replica !== undefined && left.crashes === 0 ? replica.viewNumber : disk.image.viewNumber;
}

/** The machine will never again hold the log of an earlier view than this one. */
function lastNormalForGood({ replica, disk }: Machine, left: Remaining): number {
  return replica !== undefined && left.crashes === 0 ? replica.lastNormalView : disk.image.lastNormalView;
}

/** Whether the replica is normal in the view, and will be until it is in a later one. */
function followsForGood(machine: Machine, viewNumber: number, left: Remaining): boolean {
  const { replica } = machine;
  const isNormal = replica?.status === 'normal' && replica.viewNumber === viewNumber;
  return isNormal && viewForGood(machine, left) === viewNumber;
}

/** In its present view the replica's commit-number will not be below this. */
function committedForGood({ replica, disk }: Machine, left: Remaining): number {
  return replica !== undefined && left.crashes === 0 ? replica.commitNumber : disk.image.commitNumber;
}

/** Whether the backup holds all that the PREPARE tells it, and its primary knows. */
function isPrepared(message: Prepare, backup: Machine, primary: Machine, left: Remaining): boolean {
  const { replica, disk } = backup;
  const { viewNumber } = message;
  if (replica === undefined || !followsForGood(backup, viewNumber, left)) return false;
  if (committedForGood(backup, left) < message.commitNumber) return false;
  const opNumber =
    left.crashes === 0 ? replica.log.length : Math.min(replica.log.length, disk.image.log.length);
  return (
    message.opNumber <= opNumber &&
    isCounted(primary, { viewNumber, opNumber, replicaNumber: replica.replicaNumber })
  );
}

/** Whether the machine has been normal in the view, or went past it, so that no STARTVIEW of it can be taken any more. */
function hasTakenUp(
  machine: Machine,
  viewNumber: number,
  { configuration, left }: Pick<Circumstances, 'configuration' | 'left'>,
): boolean {
  const { replica } = machine;
  const reached = viewForGood(machine, left);
  if (viewNumber !== reached) return viewNumber < reached;
  const mayWaitForIt = replica?.status === 'view-change' && replica.viewNumber === viewNumber;
  // Whoever waits for the state of a later view takes part in no more of its own.
  if (replica?.status === 'state-transfer' && left.crashes === 0) return true;
  // Without its memory, a replica only comes back by recovering: as a normal one, and in no earlier view.
  if (configuration.mode === 'diskless') return !mayWaitForIt;
  return lastNormalForGood(machine, left) >= viewNumber;
}

/** Whether the call for the view was counted, or a quorum is known without it. */
function isCalled(
  { replica, disk }: Machine,
  { viewNumber, replicaNumber }: { readonly viewNumber: number; readonly replicaNumber: number },
  left: Remaining,
): boolean {
  if (replica?.status !== 'view-change' || replica.viewNumber !== viewNumber) return false;
  const { mode } = replica.configuration;
  // A durable replica that crashes now calls for the view once more, and begins to count anew.
  if (left.crashes > 0 && (mode === 'durable' || disk.image.viewNumber < viewNumber)) return false;
  return isCalledByQuorum(replica) || (replica.startViewChanges & (1 << replicaNumber)) !== 0;
}

/** Whether the replica may yet lead a view that the asker has not taken up: late votes are answered with it. */
function mayStartFor(
  number: number,
  receiver: Machine,
  asker: Machine,
  circumstances: Circumstances,
): boolean {
  const { configuration, left, lastView } = circumstances;
  for (let view = viewForGood(receiver, left); view <= lastView; view++) {
    if (primaryOf(configuration, view) === number && !hasTakenUp(asker, view, circumstances)) return true;
  }
  return false;
}

/** Whether the primary of the acknowledged view has counted the acknowledgement, or will never count it. */
function isCounted(
  { replica }: Machine,
  { viewNumber, opNumber, replicaNumber }: Omit<PrepareOk, 'type'>,
): boolean {
  // Whoever was primary of a view and crashed, or went on, never leads it again.
  if (replica?.viewNumber !== viewNumber || replica.status !== 'normal') return true;
  return opNumber <= replica.commitNumber || opNumber <= (replica.acknowledged[replicaNumber] ?? 0);
}
