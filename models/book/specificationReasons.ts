import type { Group } from '../../spec/protocol/index.ts';
import type { Left } from '../protocol/choices.ts';

/** What happens to the specification without a rule. */
export interface SpecificationReason {
  readonly without: string;
  /** The first guarantee that breaks, or an invariant. */
  readonly property: string;
  /** In a group of three replicas. */
  readonly mode: Group['mode'];
  /** Bounds within which an exploration of the specification finds it, or undefined if a run that is written by hand shows it. */
  readonly bounds: Left | undefined;
}

const ordered = { mode: 'durable', bounds: { requests: 1, timeouts: 1, crashes: 0 } } as const;
const orderedTwice = { mode: 'durable', bounds: { requests: 2, timeouts: 1, crashes: 0 } } as const;
const lost = { mode: 'diskless', bounds: { requests: 0, timeouts: 1, crashes: 0, losses: 1 } } as const;
const lostByHand = { property: 'never-lost', mode: 'diskless', bounds: undefined } as const;
const crashed = { mode: 'diskless', bounds: { requests: 1, timeouts: 0, crashes: 1 } } as const;

const read = {
  property: 'linearizable',
  mode: 'durable',
  bounds: { requests: 1, timeouts: 0, crashes: 0, reads: 1, rounds: 1 },
} as const;
const readLater = { ...read, bounds: { ...read.bounds, timeouts: 1 } } as const;

/** The rules that no mutant of the implementation lacks. A test explores the specification without each. */
export const specificationReasons: Readonly<Record<string, SpecificationReason>> = {
  'take-answer/reply-was-sent': {
    without: 'A client takes an answer that no replica has given.',
    property: 'reply-is-result',
    ...ordered,
  },
  'accept/entries-were-sent': {
    without: 'A backup appends entries that the primary of the view has not ordered.',
    property: 'one-order',
    ...orderedTwice,
  },
  'start-view/view-not-started': {
    without:
      'The primary starts its view a second time from the same votes, and drops what it has ordered and executed since.',
    property: 'never-lost',
    ...ordered,
  },
  'restart/is-down': {
    without:
      'A running replica forgets its memory. It is not counted as a failure, so more than f may forget an entry.',
    property: 'never-lost',
    ...crashed,
  },
  'recover/is-recovering': {
    without:
      'A replica that has recovered recovers again with an older answer, and loses what it has acknowledged.',
    property: 'never-lost',
    ...crashed,
  },
  'recover/primary-has-answered': {
    without:
      'A crashed primary recovers into its own view, with a log that lacks the entries which it had ordered and acknowledged.',
    property: 'never-lost',
    ...crashed,
  },
  'recover/helpers-know-loss': {
    without:
      'A replica recovers after a loss of which the others do not know. What it has voted before still counts.',
    property: 'loss-is-known',
    ...lost,
  },
  'learn-loss/has-lost-storage': {
    without: 'A replica takes part after a loss that it has not had, and of which no other knows.',
    property: 'loss-is-known',
    ...crashed,
  },
  'learn-loss/answers-to-this-restart': {
    without:
      'A replica takes its second loss for the first, by answers from before it. What it voted between the two still counts.',
    ...lostByHand,
  },
  'learn-loss/enough-answers': {
    without:
      'A replica takes its second loss for the first, because those who know better did not answer. What it voted between the two still counts.',
    ...lostByHand,
  },
  'note-loss/loss-was-told': {
    without: 'A replica counts a loss that was not, its own too. Of that one no other knows.',
    property: 'loss-is-known',
    ...lost,
  },
  'REPLY/request-is-executed': {
    without: 'A client is answered before its request was executed.',
    property: 'reply-is-result',
    ...ordered,
  },
  'PREPARE/entries-are-in-log': {
    without: 'A backup appends entries that the sender of the PREPARE does not hold in this view.',
    property: 'never-lost',
    ...orderedTwice,
  },
  'PREPARE/view-is-stored': {
    without:
      'A primary crashes before the start of its view is durable, and starts the view again with another log. A PREPARE from before ' +
      'names other entries of the same view.',
    property: 'one-order',
    mode: 'durable',
    bounds: undefined,
  },
  'DOVIEWCHANGE/told-is-executed': {
    without: 'A vote says that an entry is committed, and it is not. A replica executes it.',
    property: 'never-lost',
    ...ordered,
  },
  'DOVIEWCHANGE/knowledge-is-held': {
    without:
      'A vote does not tell of the loss after which its sender has helped another. What that one voted before the loss counts with it.',
    ...lostByHand,
  },
  'RECOVERYRESPONSE/knowledge-is-held': {
    without: 'An answer tells of a loss that was not, and the recovering replica believes it.',
    property: 'known-loss-was-told',
    ...lost,
  },
  'NEWSTATE/told-is-executed': {
    without: 'The message says that an entry is committed, and it is not. A replica executes it.',
    property: 'never-lost',
    ...ordered,
  },
  'RECOVERY/is-recovering': {
    without:
      'A replica asks before it crashes. The answers lack what it acknowledges between the question and the crash.',
    property: 'never-lost',
    ...crashed,
  },
  'RECOVERYRESPONSE/was-asked': {
    without:
      'An answer is sent before the question, and lacks what the other acknowledges before it crashes.',
    property: 'never-lost',
    ...crashed,
  },
  'RECOVERYRESPONSE/primary-adds-its-log': {
    without: 'The recovering replica takes a log that lacks entries which it has acknowledged.',
    property: 'never-lost',
    ...crashed,
  },
  'take-answer/read-is-open': {
    without: 'A client takes a second answer to its read, which is another one.',
    ...read,
  },
  'execute/primary-counts': {
    without:
      'A backup executes and answers what the primary does not know to be committed. A read at the primary misses it.',
    ...read,
  },
  'note-read/primary-reads': {
    without: 'A backup answers a read, though it does not know yet what the primary has executed.',
    ...read,
  },
  'note-read/client-asked': {
    without: 'A read is answered that no client has asked for.',
    ...read,
    property: 'read-is-executed',
  },
  'CONFIRM/round-has-begun': {
    without: 'The others are asked before the round has begun, and before the read came that waits for it.',
    ...readLater,
  },
  'COMMITOK/was-asked': {
    without: 'A replica says that it is in the view before it is asked. It has moved when the read comes.',
    ...readLater,
  },
  'COMMITOK/no-later-view': {
    without:
      'A replica that has voted for a later view confirms the earlier one, whose primary answers from a state that is over.',
    ...readLater,
  },
  'READREPLY/log-is-executed': {
    without: 'A read sees an entry that is not committed.',
    ...read,
    property: 'read-is-executed',
  },
  'READREPLY/read-was-noted': {
    without: 'A read is answered from what was executed before an earlier answer.',
    ...read,
  },
  'READREPLY/inherited-is-executed': {
    without: 'A new primary answers a read before it has executed what an earlier one has answered.',
    ...readLater,
  },
  'READREPLY/quorum-confirmed': {
    without: 'A primary that was replaced, and does not know it, answers from a state that is over.',
    ...readLater,
  },
};
