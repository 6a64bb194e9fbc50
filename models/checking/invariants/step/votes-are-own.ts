import type { DoViewChange, Log, LogSuffix } from '../../../../impl/index.ts';
import type { LogIdentities } from '../../ghost/logIdentities.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** The choice of the next log is only as good as the votes are true. */
export const votesAreOwn: Invariant = {
  name: 'votes-are-own',
  level: 'step',
  prose:
    'DOVIEWCHANGE carries the log, the last normal view and the commit-number that its sender has in the ' +
    'view change for which it votes.',
  evidence: {
    reached: { 'view-started': 50 },
    brokenBy: { mutant: 'lnv-from-log-tail', replicas: 3, mode: 'durable' },
  },
  outputs: ['DOVIEWCHANGE'],
  check(step) {
    for (const output of step.after.last?.outputs ?? []) {
      if (output.type !== 'send' || output.message.type !== 'DOVIEWCHANGE') continue;
      const seen = untrue(step, output.message);
      if (seen !== undefined) return seen;
    }
    return undefined;
  },
};

function isEndOf(suffix: LogSuffix, log: Log, identities: LogIdentities): boolean {
  return suffix.after <= log.length && identities.isPrefix(suffix.onto(log), log);
}

function untrue({ now: { replica }, ghostState }: ReplicaStep, vote: DoViewChange): string | undefined {
  // A vote that waited for a write may be sent when its view has started or ended.
  if (replica === undefined || replica.viewNumber !== vote.viewNumber || replica.status !== 'view-change')
    return undefined;
  const { log, lastNormalView, commitNumber } = replica;
  if (vote.lastNormalView !== lastNormalView)
    return `It voted with the last normal view ${vote.lastNormalView}, and its own is ${lastNormalView}.`;
  if (vote.commitNumber !== commitNumber)
    return `It voted with the commit-number ${vote.commitNumber}, and its own is ${commitNumber}.`;
  if (vote.opNumber === log.length && isEndOf(vote.suffix, log, ghostState.identities)) return undefined;
  return `It voted with a log of ${vote.opNumber} entries that is not its own, of ${log.length}.`;
}
