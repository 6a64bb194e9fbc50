import type { Log, Message, Replica } from '../../../../impl/index.ts';
import { quotedLog } from '../../ghost/quotedLog.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** Whoever hears of a view's order must hear the same from all. */
export const viewsAreQuoted: Invariant = {
  name: 'views-are-quoted',
  level: 'state',
  prose:
    'What PREPARE, STARTVIEW, NEWSTATE and RECOVERYRESPONSE say of the log of their view comes from a replica whose ' +
    'last normal view it is, unless it waited for a write; it agrees with every log of that view, and is held by its primary; and what these messages and COMMIT ' +
    'call committed the sender has executed.',
  evidence: {
    reached: { 'view-started': 50, 'transfer-in-view': 1 },
    brokenBy: { mutant: 'heartbeat-commits-all', replicas: 3, mode: 'durable' },
  },
  check(step) {
    const { replica } = step.now;
    if (replica === undefined) return undefined;
    for (const output of step.after.last?.outputs ?? []) {
      if (output.type !== 'send') continue;
      const { message } = output;
      const seen = misquoted(step, replica, message);
      if (seen !== undefined) return `It sent ${message.type} ${seen}.`;
    }
    return undefined;
  },
};

function misquoted(step: ReplicaStep, replica: Replica, message: Message): string | undefined {
  const commitNumber = commitNumberIn(message);
  if (commitNumber === undefined || message.type === 'REQUEST') return undefined;
  const { viewNumber } = message;
  if (replica.lastNormalView < viewNumber) return `of view ${viewNumber}, in which it has never been normal`;
  // Only what waited for a write may leave after its view.
  if (replica.lastNormalView > viewNumber && step.after.last?.event.type !== 'sync')
    return `of view ${viewNumber}, and the latest in which it was normal is ${replica.lastNormalView}`;
  if (commitNumber > replica.commitNumber)
    return `with commit-number ${commitNumber}, and has executed ${replica.commitNumber} entries`;
  const log = logIn(message, replica);
  return log === undefined ? undefined : unlikeOthers(step, viewNumber, log);
}

/** What the message says is committed, if it is one of those that quote a view. A vote speaks of earlier ones. */
function commitNumberIn(message: Message): number | undefined {
  switch (message.type) {
    case 'PREPARE':
    case 'COMMIT':
    case 'STARTVIEW':
    case 'NEWSTATE':
      return message.commitNumber;
    case 'RECOVERYRESPONSE':
      return message.state?.commitNumber ?? 0;
    default:
      return undefined;
  }
}

/** The log of the view as the message tells it, up to the last entry that it names. */
function logIn(message: Message, sender: Replica): Log | undefined {
  switch (message.type) {
    case 'PREPARE':
    case 'STARTVIEW':
    case 'NEWSTATE':
      return quotedLog(sender, message.viewNumber, message.suffix);
    case 'RECOVERYRESPONSE':
      return message.state === null ? undefined : quotedLog(sender, message.viewNumber, message.state.suffix);
    default:
      return undefined;
  }
}

function unlikeOthers({ after, ghostState }: ReplicaStep, viewNumber: number, log: Log): string | undefined {
  const { machines, implementation, configuration } = after;
  const { identities } = ghostState;
  const primary = implementation.primaryOf(configuration, viewNumber);
  for (const { replica: other } of machines) {
    if (other === undefined || other.status === 'recovering' || other.lastNormalView !== viewNumber) continue;
    const isBeginning = identities.isPrefix(log, other.log);
    if (!isBeginning && !identities.isPrefix(other.log, log))
      return `of view ${viewNumber}, whose log at r${other.replicaNumber} is another`;
    if (other.replicaNumber === primary && !isBeginning && holdsAllItOrdered(other, configuration.mode))
      return `of view ${viewNumber} with ${log.length} entries, and its primary has ordered ${other.log.length}`;
  }
  return undefined;
}

/** A primary that restarted may have lost entries that left it; it is not normal in that view any more. */
function holdsAllItOrdered({ status }: Replica, mode: 'durable' | 'diskless'): boolean {
  return mode === 'diskless' || status === 'normal';
}
