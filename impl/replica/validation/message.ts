import { type Configuration, primaryOf } from '../data/configuration.ts';
import type { Request } from '../data/entry.ts';
import { LogSuffix } from '../data/log.ts';
import type { Message, NewState, PrimaryState } from '../data/messages.ts';
import type { RejectReason } from '../data/reasons.ts';
import type { Replica } from '../data/replica.ts';
import { isWithin, type ReplicaSet } from '../data/replicaSet.ts';
import { validateAgreed, validateCheckpoint, validateGetCheckpoint, validateSummary } from './checkpoint.ts';
import { validateRequest } from './entry.ts';
import { notNonce, notWhole } from './fields.ts';
import { notFounders, notGenerations, notStorageOrNull, validateMembership } from './membership.ts';

/**
 * Why no correct replica or client can have sent this message to this replica, or undefined if one can have. It
 * trusts no field's type, so a message decoded from any source may be given to it.
 */
export function validateMessage(replica: Replica, message: Message): RejectReason | undefined {
  if (typeof message !== 'object' || message === null) return { code: 'not-an-object', field: 'a message' };
  if (message.type === 'REQUEST') return validateRequest(replica.configuration, message);
  return notWhole('viewNumber', message.viewNumber) ?? validateFields(replica, message);
}

function validateFields(replica: Replica, message: Exclude<Message, Request>): RejectReason | undefined {
  switch (message.type) {
    case 'PREPARE':
      return (
        fromItsPrimary(replica, message.viewNumber) ??
        validateLog(message) ??
        (message.suffix.after === message.opNumber ? 'suffix-empty' : undefined)
      );
    case 'COMMIT':
      return (
        fromItsPrimary(replica, message.viewNumber) ??
        notWhole('commitNumber', message.commitNumber) ??
        validateEnd(message.suffix, message.commitNumber) ??
        validateAgreed(message.agreed)
      );
    case 'STARTVIEW':
      return fromItsPrimary(replica, message.viewNumber) ?? validateLog(message);
    case 'PREPAREOK':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notWhole('opNumber', message.opNumber) ??
        validateEnd(message.suffix, message.opNumber) ??
        notWhole('clock', message.clock) ??
        validateSummary('checkpoint', message.checkpoint)
      );
    case 'COMMITOK':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notWhole('clock', message.clock) ??
        validateSummary('checkpoint', message.checkpoint)
      );
    case 'STARTVIEWCHANGE':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notLater(message.viewNumber) ??
        notInGroup(replica.configuration, 'callers', message.callers)
      );
    case 'DOVIEWCHANGE':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notWhole('lastNormalView', message.lastNormalView) ??
        (message.lastNormalView < message.viewNumber ? undefined : 'last-normal-view-too-late') ??
        validateLog(message) ??
        notGenerations(message.generations)
      );
    case 'GETSTATE':
      return fromPeer(replica, message.replicaNumber) ?? notWhole('opNumber', message.opNumber);
    case 'NEWSTATE':
      return (
        fromPeer(replica, message.replicaNumber) ??
        (message.suffix instanceof LogSuffix ? undefined : 'suffix-not-of-a-log') ??
        validateNumbers(message.opNumber, message.commitNumber) ??
        validatePiece(message)
      );
    case 'GETCHECKPOINT':
      return fromPeer(replica, message.replicaNumber) ?? validateGetCheckpoint(message);
    case 'CHECKPOINT':
      return fromPeer(replica, message.replicaNumber) ?? validateCheckpoint(message);
    case 'RECOVERY':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notNonce('nonce', message.nonce) ??
        notWhole('generation', message.generation) ??
        notStorageOrNull('name', message.name)
      );
    case 'RECOVERYRESPONSE':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notNonce('nonce', message.nonce) ??
        validateState(replica.configuration, message.viewNumber, message.replicaNumber, message.state) ??
        validateMembership(replica.configuration, message.membership)
      );
    case 'RECOVERING':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notNonce('nonce', message.nonce) ??
        notNonce('incarnation', message.incarnation) ??
        notStorageOrNull('name', message.name)
      );
    case 'FOUNDED':
      return fromPeer(replica, message.replicaNumber) ?? notFounders(replica.configuration, message.founders);
    default:
      return unknownType(message);
  }
}

/** The reason does not repeat the type: it may be a value of any size and depth. */
function unknownType(_message: never): RejectReason {
  return 'unknown-type';
}

/** The piece has entries, or there are no more: otherwise the receiver would ask forever. */
function validatePiece({ suffix, opNumber }: NewState): RejectReason | undefined {
  if (suffix.opNumber > opNumber) return 'op-number-below-suffix';
  return suffix.opNumber === suffix.after && opNumber > suffix.after ? 'suffix-empty-before-end' : undefined;
}

function validateLog(message: PrimaryState): RejectReason | undefined {
  if (!(message.suffix instanceof LogSuffix)) return 'suffix-not-of-a-log';
  if (message.opNumber !== message.suffix.opNumber) return 'op-number-not-of-suffix';
  return validateNumbers(message.opNumber, message.commitNumber);
}

/** An empty part, which says only what the checksum of the log is at this entry. */
function validateEnd(suffix: LogSuffix, number: number): RejectReason | undefined {
  if (!(suffix instanceof LogSuffix)) return 'suffix-not-of-a-log';
  return suffix.after === number && suffix.opNumber === number ? undefined : 'suffix-not-the-end';
}

function validateState(
  configuration: Configuration,
  viewNumber: number,
  sender: number,
  state: PrimaryState | null,
): RejectReason | undefined {
  const isFromPrimary = primaryOf(configuration, viewNumber) === sender;
  if (state === null) return isFromPrimary ? 'state-missing' : undefined;
  if (typeof state !== 'object') return { code: 'not-an-object-or-null', field: 'state' };
  return isFromPrimary ? validateLog(state) : 'state-not-of-the-primary';
}

function validateNumbers(opNumber: number, commitNumber: number): RejectReason | undefined {
  return (
    notWhole('opNumber', opNumber) ??
    notWhole('commitNumber', commitNumber) ??
    (commitNumber > opNumber ? 'commit-number-above-op-number' : undefined)
  );
}

/** No replica moves to view 0, in which all begin. */
function notLater(viewNumber: number): RejectReason | undefined {
  return viewNumber === 0 ? { code: 'too-low', field: 'viewNumber', min: 1 } : undefined;
}

function notInGroup({ size }: Configuration, field: string, set: ReplicaSet): RejectReason | undefined {
  return isWithin(set, size) ? undefined : { code: 'not-in-group', field };
}

function fromPeer({ configuration, replicaNumber }: Replica, sender: number): RejectReason | undefined {
  if (!Number.isInteger(sender) || sender < 0 || sender >= configuration.size) return 'sender-not-in-group';
  return sender === replicaNumber ? 'sender-is-the-receiver' : undefined;
}

function fromItsPrimary(
  { configuration, replicaNumber }: Replica,
  viewNumber: number,
): RejectReason | undefined {
  return primaryOf(configuration, viewNumber) === replicaNumber
    ? { code: 'receiver-is-the-primary', viewNumber }
    : undefined;
}
