import type { Log, Message, Replica } from '../../../../impl/index.ts';
import { quotedLog } from '../../ghost/quotedLog.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** Every replica must learn the same order of a view, whichever replica it learns it from. */
export const viewsAreQuoted: Invariant = {
  name: 'views-are-quoted',
  level: 'state',
  prose:
    'PREPARE, STARTVIEW, NEWSTATE and RECOVERYRESPONSE describe the log of their view truly. The sender ' +
    'was last normal in that view, unless the message waited for a write. The described log agrees with ' +
    'every log of that view, and its primary holds it. The sender has executed the entries that these ' +
    'messages and COMMIT call committed.',
  evidence: {
    reached: { 'view-started': 50, 'transfer-in-view': 1 },
    brokenBy: { mutant: 'heartbeat-commits-all', replicas: 3, mode: 'durable' },
  },
  outputs: ['PREPARE', 'COMMIT', 'STARTVIEW', 'NEWSTATE', 'RECOVERYRESPONSE'],
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
  // Only a message that waited for a write may be sent after its view.
  if (replica.lastNormalView > viewNumber && step.after.last?.event.type !== 'sync')
    return `of view ${viewNumber}, and the latest in which it was normal is ${replica.lastNormalView}`;
  if (commitNumber > replica.commitNumber)
    return `with commit-number ${commitNumber}, and has executed ${replica.commitNumber} entries`;
  const log = logIn(message, replica);
  return log === undefined ? undefined : unlikeOthers(step, viewNumber, log);
}

/**
 * The commit-number in a message that describes its view, and undefined for any other. A vote describes an
 * earlier view.
 */
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

/** The log of the view as the message describes it, up to the last entry that it carries. */
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

/**
 * A durable primary that restarted may have lost entries that it had sent; it is no longer normal in that
 * view. One that has stopped for good has no log after a restart.
 */
function holdsAllItOrdered({ status, halted }: Replica, mode: 'durable' | 'diskless'): boolean {
  return halted === undefined && (mode === 'diskless' || status === 'normal');
}
