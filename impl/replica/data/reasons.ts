import type { Halt } from './checkpoint.ts';
import type { CheckpointPart } from './messages.ts';

/**
 * Why a replica or a client drops an input: it is out of date, or not this replica's business. A correct sender can have
 * sent it, and nothing changes.
 */
export type DropReason = keyof typeof drops;

/** Why a replica or a client rejects an input: no correct sender can have sent it. Nothing changes. */
export type RejectReason =
  | RejectCode
  | { readonly code: 'not-a-whole-number'; readonly field: string }
  | { readonly code: 'too-low'; readonly field: string; readonly min: number }
  | { readonly code: 'wrong-length'; readonly field: string; readonly max: number }
  | { readonly code: 'not-an-object'; readonly field: string }
  | { readonly code: 'not-an-object-or-null'; readonly field: string }
  | { readonly code: 'not-a-list'; readonly field: string; readonly max: number }
  | { readonly code: 'not-json'; readonly field: string; readonly maxDepth: number }
  | { readonly code: 'operation-too-long'; readonly chars: number; readonly maxChars: number }
  /** The service's own text. */
  | { readonly code: 'operation-invalid'; readonly text: string }
  | { readonly code: 'digest-count-wrong'; readonly count: number }
  | { readonly code: 'way-out-of-range'; readonly max: number }
  | { readonly code: 'path-invalid'; readonly max: number }
  | { readonly code: 'receiver-is-the-primary'; readonly viewNumber: number }
  | { readonly code: 'receiver-is-not-the-primary'; readonly viewNumber: number }
  | { readonly code: 'never-prepared'; readonly opNumber: number }
  | { readonly code: 'log-differs'; readonly opNumber: number }
  | { readonly code: 'never-issued'; readonly write: number }
  | { readonly code: 'not-in-group'; readonly field: string }
  | { readonly code: 'not-a-storage'; readonly field: string }
  | { readonly code: 'not-one-for-each'; readonly field: string; readonly size: number };

type RejectCode = keyof typeof rejections;

/**
 * Why an operator must know: the group may have lost more than it tolerates, the service prevents something, or a clock is
 * wrong.
 */
export type AlarmReason =
  | HaltReason
  /** This replica's checkpoint and that of replica `replicaNumber`. */
  | {
      readonly code: 'checkpoints-differ';
      readonly opNumber: number;
      readonly part: CheckpointPart;
      readonly replicaNumber: number;
    }
  /** This replica's log and that of replica `replicaNumber`, at this entry or before. */
  | { readonly code: 'logs-differ'; readonly opNumber: number; readonly replicaNumber: number }
  /** The logs of these two replicas, which vote for one view, at this entry or before. */
  | {
      readonly code: 'votes-differ';
      readonly opNumber: number;
      readonly replicaNumber: number;
      readonly other: number;
    }
  /** Parts of the log of one view, as these two replicas have sent them, at this entry or before. They are one replica if it has changed its log. */
  | {
      readonly code: 'pieces-differ';
      readonly opNumber: number;
      readonly replicaNumber: number;
      readonly other: number;
    }
  /** The client has an answer to this request of its session, and the log of this primary, of a view as late, lacks the request. */
  | { readonly code: 'answered-request-missing'; readonly clientId: string; readonly requestNumber: number }
  | { readonly code: 'too-many-recovering'; readonly recovering: number; readonly tolerated: number }
  | { readonly code: 'checkpoint-not-restorable'; readonly opNumber: number }
  /** `problem`: what the service threw. */
  | { readonly code: 'checkpoint-not-taken'; readonly opNumber: number; readonly problem: string }
  /** `ahead`: by how many milliseconds the primary's clock is ahead of those of a quorum, or behind them if it is negative. */
  | { readonly code: 'clock-doubted'; readonly ahead: number; readonly clockBound: number };

/** Why a replica has stopped for good. */
export type HaltReason = { readonly code: 'diverged' } & Halt;

/** The reason in words, for people: part of a sentence, without a full stop. */
export function describeReason(reason: DropReason | RejectReason | AlarmReason): string {
  return typeof reason === 'string' ? reasonTexts[reason] : inWords(reason);
}

type Coded = Exclude<RejectReason | AlarmReason, string>;

function inWords(reason: Coded): string {
  switch (reason.code) {
    case 'not-a-whole-number':
      return `${reason.field} must be a whole number from 0`;
    case 'too-low':
      return `${reason.field} must be at least ${reason.min}`;
    case 'wrong-length':
      return `${reason.field} must be a string of 1 to ${reason.max} characters`;
    case 'not-an-object':
      return `${reason.field} must be an object`;
    case 'not-an-object-or-null':
      return `${reason.field} must be an object or null`;
    case 'not-a-list':
      return `${reason.field} must be a list of 1 to ${reason.max}`;
    case 'not-json':
      return `${reason.field} must be JSON, nested at most ${reason.maxDepth} deep`;
    case 'operation-too-long':
      return `operation has ${reason.chars} characters of JSON, and must have at most ${reason.maxChars}`;
    case 'operation-invalid':
      return reason.text;
    case 'digest-count-wrong':
      return `digests must be ${reason.count}`;
    case 'way-out-of-range':
      return `a way must be a whole number from 0 to ${reason.max}`;
    case 'path-invalid':
      return `a path must have at most ${reason.max} digits from 0 to f`;
    case 'receiver-is-the-primary':
      return `this replica is itself the primary of view ${reason.viewNumber}`;
    case 'receiver-is-not-the-primary':
      return `this replica is not the primary of view ${reason.viewNumber}`;
    case 'never-prepared':
      return `entry ${reason.opNumber} was never prepared in this view`;
    case 'log-differs':
      return `the log differs from that of this replica, at entry ${reason.opNumber} or before`;
    case 'never-issued':
      return `write ${reason.write} was never issued`;
    case 'not-in-group':
      return `${reason.field} must be a set of replicas of this group`;
    case 'not-a-storage':
      return `${reason.field} must be a name of 1 to 16 letters, digits, dots and underscores`;
    case 'not-one-for-each':
      return `${reason.field} must name one for each of ${reason.size} replicas`;
    case 'too-many-recovering':
      return (
        `${reason.recovering} replicas have lost their state at once, and the group tolerates ${reason.tolerated}: ` +
        'acknowledged requests may be lost; start every replica that still has its data'
      );
    case 'answered-request-missing':
      return (
        `client ${JSON.stringify(reason.clientId)} has an answer to its request ${reason.requestNumber}, and the log lacks that request: what was ` +
        'acknowledged is lost, because more replicas than the group tolerates have lost what they held, or went back to an earlier copy of it; ' +
        'its session is ended; keep the directory of every replica, and those that were set aside: one of them may hold what is missing'
      );
    case 'checkpoint-not-restorable':
      return `the service cannot restore its state from the checkpoint of ${reason.opNumber} entries`;
    case 'diverged':
      return reason.isOutvoted
        ? `after entry ${reason.opNumber} the ${partNames[reason.part]} of this replica is another than a quorum holds: the service, or this ` +
            'machine, is not deterministic; this replica serves nothing any more: set its directory aside, and keep it; start the replica ' +
            'with an empty directory while a quorum of the others runs, so that it takes their state'
        : `after entry ${reason.opNumber} the replicas hold different states, and no quorum can agree on one: the service is not ` +
            'deterministic; this replica serves nothing any more: keep the directory of every replica, because it is not known which is right';
    case 'checkpoints-differ':
      return (
        `after entry ${reason.opNumber} the ${partNames[reason.part]} of this replica and that of replica ${reason.replicaNumber} differ: the ` +
        'service, or a machine, is not deterministic; start every replica that is down, so that a quorum tells which is right'
      );
    case 'logs-differ':
      return (
        `the log of this replica and that of replica ${reason.replicaNumber} differ, at entry ${reason.opNumber} or before: one of them was ` +
        'changed from outside, or is that of another group; this replica takes nothing from it; the one without which a quorum ' +
        'goes on is probably wrong: set its directory aside, and keep it, and start that replica with an empty directory while the quorum runs; ' +
        'if no quorum goes on, keep the directory of every replica, because it is not known which is right'
      );
    case 'votes-differ':
      return (
        `the logs of replicas ${reason.replicaNumber} and ${reason.other} differ, at entry ${reason.opNumber} or before: one of them was ` +
        'changed from outside; this replica starts no view with their votes; keep the directories of both, because it is not known which ' +
        'is right, and start every replica that is down, so that a quorum goes on with one of them: the other one is probably wrong'
      );
    case 'pieces-differ':
      return (
        `${reason.replicaNumber === reason.other ? `replica ${reason.other} has` : `replicas ${reason.replicaNumber} and ${reason.other} have`} ` +
        `sent parts that differ of the log of one view, at entry ${reason.opNumber} or before: one of the logs was changed from outside, and this ` +
        'replica, which fetches that log, does not know which; it takes neither part, and fetches all anew; keep the directories of both, and ' +
        'compare the alarms of all replicas: the one of the two whose log differs from those of others too, and without which a quorum goes ' +
        'on, is probably wrong: set its directory aside, and start that replica with an empty directory while the quorum runs'
      );
    case 'checkpoint-not-taken':
      return (
        `the service cannot give its state after entry ${reason.opNumber} for a checkpoint (${reason.problem}): ` +
        'the log grows until it can'
      );
    case 'clock-doubted':
      return (
        `the clock of this machine is ${Math.abs(reason.ahead)} ms ${reason.ahead < 0 ? 'behind' : 'ahead of'} those of ` +
        `a quorum, and ${reason.clockBound} ms are allowed: set it right`
      );
  }
}

/** The parts of a checkpoint, for people. */
const partNames: Readonly<Record<CheckpointPart, string>> = { table: 'client-table', state: 'service state' };

const drops = {
  halted: 'this replica has stopped for good',
  recovering: 'a recovering replica takes no part in the protocol',
  'status-not-normal': 'the status is not normal',
  'not-the-primary': 'only a primary sends heartbeats',
  'view-is-over': 'that view is over',

  // REQUEST
  'later-request-executed': 'a later request of the client was executed',
  'request-in-progress': 'the request is being ordered',
  'earlier-request-missing': 'an earlier request of the client is missing',

  // PREPAREOK
  'acknowledgement-of-another-view': 'the acknowledgement is for another view',
  'already-acknowledged': 'that much was acknowledged before',
  'already-heard': 'that replica was heard before',
  'everything-committed': 'everything is committed',

  // View change
  'already-called': 'that replica has called for the view before',
  'later-view-started': 'a view at least as late is known to have started',
  'view-change-is-over': 'that view change is over',
  'view-already-started': 'this replica has held that view before',
  'vote-set-aside': 'the log of that vote could not be fetched, and a quorum voted without it',
  'vote-forgotten': 'the voter has lost its memory since it voted',

  // State transfer
  'already-fetching-view': 'that view has been asked for',
  'already-fetching-later-view': 'a later view has been asked for',
  'log-of-another-view': 'only a replica that holds the log of that view can answer',
  'log-too-short': 'this replica holds less than the one that asks',
  'state-not-asked-for': 'that state was not asked for',
  'answer-repeated': 'the answer holds nothing new, and more is missing',
  'answer-leaves-gap': 'the answer begins after the last entry held',
  'answer-ends-before-commit': 'the answer ends before the last executed entry',
  'answer-of-earlier-log': 'the answer was sent before the primary told of later entries',
  'nothing-to-resend': 'nothing is waiting for an answer',

  // Checkpoint transfer
  'checkpoint-not-taken': 'this replica has not come as far as that checkpoint',
  'already-executed': 'that much has been executed here',
  'question-not-asked': 'that was not asked',

  // Recovery
  'not-recovering': 'this replica is not recovering',
  'cannot-help-recovery': 'only a normal replica can help another to recover',
  'nonce-outdated': 'the answer is to an earlier question',
  'already-member': 'this replica takes part in its group',

  // Storage
  'already-durable': 'that write is known to be durable',

  // Clients
  'request-not-outstanding': 'that request is not outstanding',
  'answer-of-another-kind': 'a registration is answered by its session, and the end of a session by null',
  'nothing-outstanding': 'nothing is outstanding',
} as const;

const rejections = {
  'unknown-type': 'type must be that of a message between replicas, or REQUEST',
  'sender-not-in-group': 'replicaNumber must be that of a member of the group',
  'sender-is-the-receiver': "the sender bears this replica's own number",
  'log-lacks-executed-entries': 'the log lacks entries that were executed',

  // Logs and their numbers
  'suffix-not-of-a-log': 'suffix must be a part of a log',
  'suffix-empty': 'suffix must hold an entry',
  'suffix-empty-before-end': 'suffix must hold an entry where opNumber says that there are more',
  'op-number-below-suffix': 'opNumber must not be below the last entry',
  'op-number-not-of-suffix': 'opNumber must be that of the last entry',
  'suffix-not-the-end': 'suffix must be empty, and follow the entry that the message names',
  'commit-number-above-op-number': 'commitNumber must not be above opNumber',
  'last-normal-view-too-late': 'lastNormalView must be below viewNumber',
  'state-missing': 'the primary of the view must add its state',
  'state-not-of-the-primary': 'only the primary of the view may add its state',

  // Requests and entries
  'not-a-request': 'request must be a REQUEST',
  'session-not-zero': 'session must be 0 where clients need no registration',
  'operation-not-null': 'a request that begins or ends a session has operation null',
  'prediction-missing': 'predicted is missing',
  'random-out-of-range': 'random must be a whole number of 32 bits',

  // Checkpoints
  'part-unknown': 'part must be table or state',
  'digest-invalid': 'a digest must have 16 digits from 0 to f',
  'more-differences-than-paths': 'differences must not be more than paths',
  'fewer-differences-than-paths': 'differences must be as many as paths, unless isCut',
  'is-cut-not-boolean': 'isCut must be true or false',
  'difference-not-a-list': 'a difference must be a list',
  'difference-not-of-pairs': 'a difference must be of pairs',
  'piece-not-of-text': 'a piece must hold characters of a text that has as many',
  'entries-not-a-list': 'entries must be a list or null',
  'entry-not-a-pair': 'an entry must be a name and a value',
  'client-record-invalid': "a client's record must have a session, a requestNumber, results and an opNumber",

  // Clients
  'no-session-to-end': 'the client has no session, or ends it already',
  'window-full': 'as many requests are outstanding as the window allows',
  'not-for-a-client': 'a client takes only a REPLY, FAILED or EVICTED',
  'registration-evicted': 'no registration is answered with EVICTED',
  'registration-failed': 'no registration is answered with FAILED',
  'result-not-a-session': 'result must be a session',
  'result-missing': 'result is missing',
} as const;

/** The reasons that carry no data, in words. */
export const reasonTexts: Readonly<Record<DropReason | RejectCode, string>> = { ...drops, ...rejections };
