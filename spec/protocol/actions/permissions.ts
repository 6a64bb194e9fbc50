import type { Rule } from '../action.ts';
import { generationOf } from '../state/generations.ts';
import { primaryOf } from '../state/group.ts';
import type { Log } from '../state/log.ts';
import type { Message } from '../state/messages.ts';
import { held, isNormal, replicaAt, type State } from '../state/state.ts';
import { knowledgeIsHeld, lossIsNoted } from './generations.ts';
import type { OfType, Permission, Send } from './permission.ts';
import { commitOkRules, confirmRules, readReplyRules } from './readPermissions.ts';

/** A rule of all messages in which a part of a log, or how much of it is committed, is told. */
type AboutLog = Send<Extract<Message, { readonly viewNumber: number; readonly commitNumber: number }>>;

const isExecuted: Rule<AboutLog> = {
  name: 'told-is-executed',
  sentence: 'The log of the sender is of the view, and it has executed as many entries of it as it tells.',
  holds(state, { replica, message }) {
    const { lastNormalView, commitNumber } = replicaAt(state, replica);
    return lastNormalView === message.viewNumber && message.commitNumber <= commitNumber;
  },
};

/** Otherwise it might start the view again after a crash, with another log. */
const viewIsStored: Rule<AboutLog> = {
  name: 'view-is-stored',
  sentence: 'The log that the sender holds, where a crash does not undo it, is of the view.',
  holds: (state, { replica, message }) =>
    held(state, replicaAt(state, replica)).lastNormalView === message.viewNumber,
};

const replyRules: Permission<'REPLY'>['rules'] = [
  {
    name: 'request-is-executed',
    sentence: 'The replica has executed the request, after all entries before it.',
    holds(state, { replica, message: { clientId, requestNumber, log: executed } }) {
      const { log, commitNumber } = replicaAt(state, replica);
      const { last } = executed;
      if (last?.clientId !== clientId || last.requestNumber !== requestNumber) return false;
      return executed.length <= commitNumber && executed.begins(log);
    },
  },
];

const prepareRules: Permission<'PREPARE'>['rules'] = [
  viewIsStored,
  {
    name: 'entries-are-in-log',
    sentence: 'The log of the sender begins with these entries. They need not be on its disk.',
    holds: (state, { replica, message }) => message.log.begins(replicaAt(state, replica).log),
  },
  isExecuted,
];

const prepareOkRules: Permission<'PREPAREOK'>['rules'] = [
  {
    name: 'no-later-view',
    sentence: 'The log and the view-number that the sender holds are both of the view.',
    holds(state, { replica, message: { viewNumber } }) {
      const stored = held(state, replicaAt(state, replica));
      return stored.viewNumber === viewNumber && stored.lastNormalView === viewNumber;
    },
  },
  {
    name: 'entries-are-held',
    sentence: 'The sender holds the entries where a crash does not undo them.',
    holds: (state, { replica, message }) =>
      message.opNumber <= (held(state, replicaAt(state, replica)).log?.length ?? 0),
  },
];

const startViewChangeRules: Permission<'STARTVIEWCHANGE'>['rules'] = [
  {
    name: 'has-moved',
    sentence: 'The sender has moved to the view, and a crash does not undo it.',
    holds: (state, { replica, message }) => replicaAt(state, replica).disk.viewNumber >= message.viewNumber,
  },
];

const doViewChangeRules: Permission<'DOVIEWCHANGE'>['rules'] = [
  {
    name: 'has-moved',
    sentence:
      'The sender has moved to the view, and a crash does not undo it: it acknowledges nothing earlier any more.',
    holds: (state, { replica, message }) =>
      held(state, replicaAt(state, replica)).viewNumber === message.viewNumber,
  },
  {
    name: 'vote-is-own-log',
    sentence: 'The log is the one that it holds, whole, and of the view in which it was last normal.',
    holds(state, { replica, message }) {
      const { lastNormalView, log } = held(state, replicaAt(state, replica));
      return lastNormalView === message.lastNormalView && log === message.log;
    },
  },
  {
    name: 'told-is-executed',
    sentence: 'The sender has executed as many entries as it tells.',
    holds: (state, { replica, message }) => message.commitNumber <= replicaAt(state, replica).commitNumber,
  },
  knowledgeIsHeld,
];

const logOfTheView: Rule<Send<OfType<'STARTVIEW' | 'NEWSTATE'>>> = {
  name: 'log-of-the-view',
  sentence:
    'The sender holds these entries where a crash does not undo them, and they include those with which the view began.',
  holds: (state, { replica, message }) => isHeldLog(state, replica, message.viewNumber, message.log),
};

const recoveryRules: Permission<'RECOVERY'>['rules'] = [
  {
    name: 'is-recovering',
    sentence:
      'The sender is recovering, and tells its restart, the view to which it had moved and what it knows of its own losses.',
    holds(state, { replica, message: { nonce, viewNumber, generation } }) {
      const sender = replicaAt(state, replica);
      const { status, incarnation, generations } = sender;
      if (generationOf(generations, replica) !== generation) return false;
      return status === 'recovering' && incarnation === nonce && sender.viewNumber === viewNumber;
    },
  },
];

const recoveryResponseRules: Permission<'RECOVERYRESPONSE'>['rules'] = [
  {
    name: 'sender-is-normal',
    sentence: 'The sender is normal in the view, and a crash does not undo it.',
    holds(state, { replica, message: { viewNumber } }) {
      const sender = replicaAt(state, replica);
      return isNormal(sender) && held(state, sender).lastNormalView === viewNumber;
    },
  },
  {
    name: 'was-asked',
    sentence: 'The recovering replica has asked.',
    holds: ({ sent }, { message: { asked } }) => sent.has(asked),
  },
  {
    name: 'primary-adds-its-log',
    sentence:
      'The primary of the view adds its log, which holds all that the recovering replica has acknowledged in it.',
    holds(state, { replica, message: { viewNumber, asked, log } }) {
      if (log === undefined) return true;
      if (primaryOf(state.group, viewNumber) !== replica) return false;
      const acknowledged = state.sent.acknowledged(viewNumber, asked.replica);
      return isHeldLog(state, replica, viewNumber, log) && acknowledged <= log.length;
    },
  },
  lossIsNoted,
  knowledgeIsHeld,
];

/** Whether the replica holds this log of the view, and it has at least the entries with which the view began. */
function isHeldLog(state: State, number: number, viewNumber: number, log: Log): boolean {
  const { lastNormalView, log: stored } = held(state, replicaAt(state, number));
  const first = state.started[viewNumber];
  if (lastNormalView !== viewNumber || stored === undefined || first === undefined) return false;
  return log.begins(stored) && first.begins(log);
}

/**
 * When each message may be sent. It is a permission, not a consequence: a replica may send what is true of it, at any time,
 * and need not. So a message that waits for a write, that is sent again, or that is sent in pieces is nothing special.
 *
 * What is true must stay true after a crash. So most rules ask what the replica holds on its disk, not in its memory.
 */
export const permissions: {
  readonly [Type in Exclude<Message['type'], 'REQUEST' | 'READ'>]: Permission<Type>;
} = {
  REPLY: { section: 'VRR §4.1', rules: replyRules },
  PREPARE: { section: 'VRR §4.1', rules: prepareRules },
  PREPAREOK: { section: 'VRR §4.1', rules: prepareOkRules },
  COMMIT: { section: 'VRR §4.1', rules: [isExecuted] },
  STARTVIEWCHANGE: { section: 'VRR §4.2', rules: startViewChangeRules },
  DOVIEWCHANGE: { section: 'VRR §4.2', rules: doViewChangeRules },
  STARTVIEW: { section: 'VRR §4.2', rules: [logOfTheView, isExecuted] },
  NEWSTATE: { section: 'VRR §5.2', rules: [logOfTheView, isExecuted] },
  RECOVERY: { section: 'VRR §4.3', rules: recoveryRules },
  RECOVERYRESPONSE: { section: 'VRR §4.3', rules: recoveryResponseRules },
  CONFIRM: { section: 'departure from VRR §6.3', rules: confirmRules },
  COMMITOK: { section: 'departure from VRR §6.3', rules: commitOkRules },
  READREPLY: { section: 'departure from VRR §6.3', rules: readReplyRules },
};
