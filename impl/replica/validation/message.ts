import type { Predicted } from '../../service/service.ts';
import { type Configuration, primaryOf } from '../data/configuration.ts';
import type { Entry, Request } from '../data/entry.ts';
import { LogSuffix } from '../data/log.ts';
import type { Message, NewState, PrimaryState } from '../data/messages.ts';
import type { Replica } from '../data/replica.ts';
import { validateCheckpoint, validateGetCheckpoint } from './checkpoint.ts';
import { charsOf, maxDepth, notWhole } from './fields.ts';

/**
 * Why no correct member of the group, or client of it, can have sent this message to this replica; undefined if one
 * can have. It trusts no field's type, so that anything that was decoded from anywhere may be given to it.
 */
export function validateMessage(replica: Replica, message: Message): string | undefined {
  if (typeof message !== 'object' || message === null) return 'a message must be an object';
  if (message.type === 'REQUEST') return validateRequest(replica.configuration, message);
  return notWhole('viewNumber', message.viewNumber) ?? validateFields(replica, message);
}

function validateFields(replica: Replica, message: Exclude<Message, Request>): string | undefined {
  switch (message.type) {
    case 'PREPARE':
      return (
        fromItsPrimary(replica, message.viewNumber) ??
        validateLog(message) ??
        (message.suffix.after === message.opNumber ? 'suffix must hold an entry' : undefined)
      );
    case 'COMMIT':
      return fromItsPrimary(replica, message.viewNumber) ?? notWhole('commitNumber', message.commitNumber);
    case 'STARTVIEW':
      return fromItsPrimary(replica, message.viewNumber) ?? validateLog(message);
    case 'PREPAREOK':
      return fromPeer(replica, message.replicaNumber) ?? notWhole('opNumber', message.opNumber);
    case 'STARTVIEWCHANGE':
      return fromPeer(replica, message.replicaNumber) ?? notLater(message.viewNumber);
    case 'DOVIEWCHANGE':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notWhole('lastNormalView', message.lastNormalView) ??
        (message.lastNormalView < message.viewNumber
          ? undefined
          : 'lastNormalView must be below viewNumber') ??
        validateLog(message)
      );
    case 'GETSTATE':
      return fromPeer(replica, message.replicaNumber) ?? notWhole('opNumber', message.opNumber);
    case 'NEWSTATE':
      return (
        (message.suffix instanceof LogSuffix ? undefined : 'suffix must be a part of a log') ??
        validateNumbers(message.opNumber, message.commitNumber) ??
        validatePiece(message)
      );
    case 'GETCHECKPOINT':
      return fromPeer(replica, message.replicaNumber) ?? validateGetCheckpoint(message);
    case 'CHECKPOINT':
      return validateCheckpoint(message);
    case 'RECOVERY':
      return fromPeer(replica, message.replicaNumber) ?? notNonce(message.nonce);
    case 'RECOVERYRESPONSE':
      return (
        fromPeer(replica, message.replicaNumber) ??
        notNonce(message.nonce) ??
        validateState(replica.configuration, message.viewNumber, message.replicaNumber, message.state)
      );
    default:
      return unknownType(message);
  }
}

/** What was received is not repeated: it may be of any size and depth. */
function unknownType(_message: never): string {
  return 'type must be that of a message between replicas, or REQUEST';
}

/** Why no replica can have put this entry into its log, or undefined if one can have. Whatever makes logs asks this. */
export function validateEntry(configuration: Configuration, entry: Entry): string | undefined {
  return (
    validateRequest(configuration, entry) ??
    (entry.predicted === undefined ? 'predicted is missing' : validatePredicted(entry.predicted))
  );
}

/** Why this is nothing that a clock and a source of chance can show, or undefined if it is, or if nothing was read. */
export function validatePredicted(reading: Predicted | undefined): string | undefined {
  if (reading === undefined) return undefined;
  if (typeof reading !== 'object' || reading === null) return 'time and random must be in an object';
  const { time, random } = reading;
  if (!(Number.isInteger(random) && random >= 0 && random < 2 ** 32))
    return 'random must be a whole number of 32 bits';
  return notWhole('time', time);
}

/** Why no client can have sent this request, or undefined if one can have. */
export function validateRequest(configuration: Configuration, request: Request): string | undefined {
  if (typeof request !== 'object' || request === null || request.type !== 'REQUEST')
    return 'request must be a REQUEST';
  if (
    typeof request.clientId !== 'string' ||
    request.clientId === '' ||
    request.clientId.length > longestName
  )
    return `clientId must be a string of 1 to ${longestName} characters`;
  return (
    notWhole('requestNumber', request.requestNumber) ??
    notWhole('session', request.session) ??
    validateSession(configuration, request) ??
    (request.requestNumber === 0 ? undefined : validateOperation(configuration, request))
  );
}

function validateSession({ sessions }: Configuration, request: Request): string | undefined {
  const { session, requestNumber, operation } = request;
  if (sessions === Number.POSITIVE_INFINITY) {
    if (requestNumber === 0) return 'requestNumber must be at least 1';
    return session === 0 ? undefined : 'session must be 0 where nobody need be registered';
  }
  if (requestNumber > 0) return session > 0 ? undefined : 'session must be at least 1';
  return session === 0 && operation === null ? undefined : 'a registration has session 0 and operation null';
}

function validateOperation({ service }: Configuration, { operation }: Request): string | undefined {
  const weight = charsOf(operation, maxDepth);
  if (Number.isNaN(weight)) return `operation must be JSON, nested at most ${maxDepth} deep`;
  if (weight > heaviest) return `operation must have at most ${heaviest} characters`;
  return service.validate(operation);
}

/** How many characters an operation may have: as JSON, which may write one as six, a message stays well below 1 MiB. */
const heaviest = 64 * 1024;

/** A piece gets whoever asked for it further, or there is nothing more to get. */
function validatePiece({ suffix, opNumber }: NewState): string | undefined {
  if (suffix.opNumber > opNumber) return 'opNumber must not be below the last entry';
  return suffix.opNumber === suffix.after && opNumber > suffix.after
    ? 'suffix must hold an entry where opNumber says that there are more'
    : undefined;
}

function validateLog(message: PrimaryState): string | undefined {
  if (!(message.suffix instanceof LogSuffix)) return 'suffix must be a part of a log';
  if (message.opNumber !== message.suffix.opNumber) return 'opNumber must be that of the last entry';
  return validateNumbers(message.opNumber, message.commitNumber);
}

function validateState(
  configuration: Configuration,
  viewNumber: number,
  sender: number,
  state: PrimaryState | null,
): string | undefined {
  const isFromPrimary = primaryOf(configuration, viewNumber) === sender;
  if (state === null) return isFromPrimary ? 'the primary of the view must add its state' : undefined;
  if (typeof state !== 'object') return 'state must be an object or null';
  return isFromPrimary ? validateLog(state) : 'only the primary of the view may add its state';
}

function validateNumbers(opNumber: number, commitNumber: number): string | undefined {
  return (
    notWhole('opNumber', opNumber) ??
    notWhole('commitNumber', commitNumber) ??
    (commitNumber > opNumber ? 'commitNumber must not be above opNumber' : undefined)
  );
}

/** View 0 is where all begin: nobody ever moves to it. */
function notLater(viewNumber: number): string | undefined {
  return viewNumber === 0 ? 'viewNumber must be at least 1' : undefined;
}

function notNonce(nonce: string): string | undefined {
  return typeof nonce === 'string' && nonce !== '' && nonce.length <= longestName
    ? undefined
    : `nonce must be a string of 1 to ${longestName} characters`;
}

/** How many characters a name may have that replicas keep. */
const longestName = 256;

function fromPeer({ configuration, replicaNumber }: Replica, sender: number): string | undefined {
  if (!Number.isInteger(sender) || sender < 0 || sender >= configuration.size)
    return 'replicaNumber must be that of a member of the group';
  return sender === replicaNumber ? "the sender bears this replica's own number" : undefined;
}

function fromItsPrimary({ configuration, replicaNumber }: Replica, viewNumber: number): string | undefined {
  return primaryOf(configuration, viewNumber) === replicaNumber
    ? `this replica is itself the primary of view ${viewNumber}`
    : undefined;
}
