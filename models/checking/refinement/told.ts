import type { ClientMessage, Log, LogSuffix, Membership, Message } from '../../../impl/index.ts';
import {
  Log as Content,
  type DoViewChange,
  type Generations,
  generationOf,
  noLosses,
  type Recovery,
  type RecoveryResponse,
  type Replica,
  type Request,
  type Step,
} from '../../../spec/protocol/index.ts';
import { restartOf } from '../../world/disk.ts';
import type { LogIdentities } from '../ghost/logIdentities.ts';

/*
 * Messages of the implementation as messages of the protocol. The implementation sends ends and pieces of logs; the protocol speaks
 * of whole logs. The log of a view is identified by the view and its length, so that the rest of it is known.
 */

/** What is known of logs. */
export interface Known {
  readonly identities: LogIdentities;
  /** All entries that were ever executed. */
  readonly history: Log;
}

/** The log of a message up to the last entry that it carries, if that shows. */
export function logTold({ source }: LogSuffix, { identities, history }: Known): Content | undefined {
  // A message that was encoded shows only the part that it carries.
  if (!('base' in source)) return undefined;
  // A log that was sent in the middle of a step may begin where none of the replica's later logs does.
  identities.learn(source, [history]);
  return identities.contentOf(source);
}

/** By run, and by view: the longest log of that view that a replica has held. */
const longest = new WeakMap<LogIdentities, Map<number, Content>>();

/** Notes the log that a replica holds. */
export function noteLog(identities: LogIdentities, { lastNormalView, log }: Replica): void {
  const byView = longest.get(identities) ?? new Map<number, Content>();
  longest.set(identities, byView);
  if (log.length >= (byView.get(lastNormalView)?.length ?? 0)) byView.set(lastNormalView, log);
}

/** The log of so many entries of a view, where a replica has held it: the two numbers identify it. */
export function logOfView(
  identities: LogIdentities,
  viewNumber: number,
  length: number,
): Content | undefined {
  return longest.get(identities)?.get(viewNumber)?.first(length);
}

/** The request that a client or a backup has sent. */
export function requestOf({ clientId, session, requestNumber, operation }: Request): Request {
  return { type: 'REQUEST', clientId, session, requestNumber, operation };
}

/** The vote of a replica. */
export function voteOf(message: Message & { readonly type: 'DOVIEWCHANGE' }, about: Known): DoViewChange {
  const { viewNumber, lastNormalView, opNumber, commitNumber, replicaNumber: replica } = message;
  const log =
    logTold(message.suffix, about) ??
    logOfView(about.identities, lastNormalView, opNumber) ??
    Content.unknown(opNumber);
  const generations = generationsTold(message);
  return { type: 'DOVIEWCHANGE', viewNumber, lastNormalView, log, commitNumber, replica, generations };
}

/** The losses that the sender knows. */
function generationsTold({ generations }: Pick<Membership, 'generations'>): Generations {
  return generations.length === 0 ? noLosses : generations;
}

/** The answer to a recovering replica, which had told this loss of its storage. */
export function answerOf(
  {
    viewNumber,
    nonce,
    state,
    replicaNumber: replica,
    membership,
  }: Message & {
    readonly type: 'RECOVERYRESPONSE';
  },
  asker: number,
  generation: number,
  about: Known,
): RecoveryResponse {
  const log =
    state &&
    (logTold(state.suffix, about) ??
      logOfView(about.identities, viewNumber, state.opNumber) ??
      Content.unknown(state.opNumber));
  const asked = recoveryOf(asker, nonce, viewNumber, generation);
  const generations = generationsTold(membership);
  return { type: 'RECOVERYRESPONSE', viewNumber, asked, log: log ?? undefined, replica, generations };
}

/** Its nonce tells the restart, and an attempt that the protocol does not know. */
function recoveryOf(replica: number, nonce: string, viewNumber: number, generation: number): Recovery {
  return { type: 'RECOVERY', replica, nonce: restartOf(nonce), viewNumber, generation };
}

/** The question of a replica that recovers. */
export function questionOf({
  viewNumber,
  nonce,
  generation,
  replicaNumber,
}: Message & { readonly type: 'RECOVERY' }): Recovery {
  return recoveryOf(replicaNumber, nonce, viewNumber, generation);
}

/** What a replica states by a message that it sends, or undefined if the message states nothing: it asks, or is answered to. */
export function statementOf(
  message: Message | ClientMessage,
  to: number | undefined,
  sender: Replica,
  number: number,
  question?: Recovery,
): (Step & { readonly action: 'send' })['message'] | undefined {
  switch (message.type) {
    case 'REPLY':
    case 'FAILED':
    case 'EVICTED': {
      const { clientId, requestNumber } = message;
      const log = executedFor(sender, clientId, requestNumber) ?? sender.log;
      return { type: 'REPLY', clientId, requestNumber, log };
    }
    case 'PREPARE': {
      const { viewNumber, opNumber, commitNumber } = message;
      return { type: 'PREPARE', viewNumber, log: beginning(sender, opNumber), commitNumber };
    }
    case 'PREPAREOK':
      return {
        type: 'PREPAREOK',
        viewNumber: message.viewNumber,
        opNumber: message.opNumber,
        replica: number,
      };
    case 'COMMIT':
      return { type: 'COMMIT', viewNumber: message.viewNumber, commitNumber: message.commitNumber };
    case 'STARTVIEWCHANGE':
      return { type: 'STARTVIEWCHANGE', viewNumber: message.viewNumber, replica: number };
    case 'DOVIEWCHANGE': {
      const { viewNumber, lastNormalView, opNumber, commitNumber } = message;
      const log = beginning(sender, opNumber);
      const generations = generationsTold(message);
      const numbers = { viewNumber, lastNormalView, commitNumber };
      return { type: 'DOVIEWCHANGE', ...numbers, log, replica: number, generations };
    }
    case 'STARTVIEW':
    case 'NEWSTATE': {
      const { type, viewNumber, opNumber, commitNumber } = message;
      return { type, viewNumber, log: beginning(sender, opNumber), commitNumber };
    }
    case 'RECOVERY':
      return questionOf(message);
    case 'RECOVERYRESPONSE': {
      const { viewNumber, nonce, state, membership } = message;
      const generations = generationsTold(membership);
      const log = state === null ? undefined : beginning(sender, state.opNumber);
      // An answer that waited no longer shows what it was asked.
      const { viewNumber: moved, generation } = question ?? {
        viewNumber,
        generation: generationOf(generations, to ?? 0),
      };
      const asked = recoveryOf(to ?? 0, nonce, moved, generation);
      return { type: 'RECOVERYRESPONSE', viewNumber, asked, log, replica: number, generations };
    }
    case 'REQUEST':
    case 'COMMITOK':
    case 'GETSTATE':
    case 'GETCHECKPOINT':
    case 'CHECKPOINT':
    case 'RECOVERING':
    case 'FOUNDED':
      return undefined;
  }
}

/**
 * The sender as the message describes it: with the log of which the message carries a part, if that is another than its own.
 * `own` is its own, as the implementation has it, if that is known.
 */
export function describedIn(
  message: Message | ClientMessage,
  sender: Replica,
  own: Log | undefined,
  about: Known,
): Replica {
  const suffix = suffixIn(message);
  if (suffix === undefined || suffix.source === own) return sender;
  const told = logTold(suffix, about);
  return told === undefined || told.begins(sender.log) ? sender : { ...sender, log: told };
}

function suffixIn(message: Message | ClientMessage): LogSuffix | undefined {
  switch (message.type) {
    case 'PREPARE':
    case 'DOVIEWCHANGE':
    case 'STARTVIEW':
    case 'NEWSTATE':
      return message.suffix;
    case 'RECOVERYRESPONSE':
      return message.state?.suffix;
    default:
      return undefined;
  }
}

function beginning({ log }: Replica, length: number): Content {
  return log.first(length) ?? Content.unknown(length);
}

/** The log of the sender up to the request, if it has executed it. */
function executedFor(
  { log, commitNumber }: Replica,
  clientId: string,
  requestNumber: number,
): Content | undefined {
  let at = log.first(commitNumber);
  while (
    at?.last !== undefined &&
    !(at.last.clientId === clientId && at.last.requestNumber === requestNumber)
  )
    at = at.before;
  return at?.last === undefined ? undefined : at;
}
