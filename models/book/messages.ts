import type { Message } from '../../spec/protocol/index.ts';

type MessageType = Message['type'];

/** Who sends a message in the paper. The specification lets every replica send it for which its rules hold. */
export const senders: Readonly<Record<MessageType, string>> = {
  REQUEST: 'a client',
  REPLY: 'the primary',
  PREPARE: 'the primary',
  PREPAREOK: 'a backup; here the primary too, to itself',
  COMMIT: 'the primary, when it is idle',
  STARTVIEWCHANGE: 'a replica that moves to a later view',
  DOVIEWCHANGE: 'the same, to the primary of that view',
  STARTVIEW: 'the new primary',
  NEWSTATE: 'a replica that was asked by GETSTATE',
  RECOVERY: 'a recovering replica',
  RECOVERYRESPONSE: 'a normal replica that was asked',
  READ: 'a client (not in the paper)',
  CONFIRM: 'the primary, for a read (not in the paper)',
  COMMITOK: 'a backup that was asked by CONFIRM (not in the paper)',
  READREPLY: 'the primary (not in the paper)',
};

/**
 * The rules that ask whether a message of this type was sent, or how far. A test explores the specification, and finds that no
 * rule asks about another type, and that each of these is asked.
 */
export const readers: Readonly<Record<MessageType, readonly string[]>> = {
  REQUEST: ['order/client-asked'],
  REPLY: ['take-answer/reply-was-sent'],
  PREPARE: ['accept/entries-were-sent', 'execute/entry-is-committed'],
  PREPAREOK: ['execute/entry-is-committed', 'RECOVERYRESPONSE/primary-adds-its-log'],
  COMMIT: ['execute/entry-is-committed'],
  STARTVIEWCHANGE: [],
  DOVIEWCHANGE: ['start-view/votes-for-the-view', 'execute/entry-is-committed'],
  STARTVIEW: ['adopt/view-has-started', 'execute/entry-is-committed'],
  NEWSTATE: [
    'accept/entries-were-sent',
    'adopt/view-has-started',
    'execute/entry-is-committed',
    'recover/log-of-that-view',
  ],
  RECOVERY: ['RECOVERYRESPONSE/was-asked', 'note-loss/loss-was-told'],
  RECOVERYRESPONSE: [
    'recover/answers-to-this-restart',
    'recover/log-of-that-view',
    'learn-loss/answers-to-this-restart',
  ],
  READ: ['note-read/client-asked'],
  CONFIRM: ['COMMITOK/was-asked'],
  COMMITOK: ['READREPLY/quorum-confirmed'],
  READREPLY: ['take-answer/reply-was-sent'],
};
