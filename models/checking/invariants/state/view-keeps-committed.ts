import { entryOutcomes, isEntryOutcome } from '../../ghost/ghostState.ts';
import { quotedLog } from '../../ghost/quotedLog.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/**
 * The safety of the view change: what was answered in an earlier view is in the log with which the next one
 * starts.
 */
export const viewKeepsCommitted: Invariant = {
  name: 'view-keeps-committed',
  level: 'state',
  prose: 'The log with which a view starts begins with every entry that was committed in earlier views.',
  evidence: {
    reached: { answered: 200, 'uncommitted-suffix-carried': 20 },
    brokenBy: { mutant: 'longest-log-wins', replicas: 3, mode: 'durable' },
  },
  outputs: [...entryOutcomes, 'STARTVIEW'],
  check(step) {
    return lostByStarting(step) ?? lostByExecuting(step);
  },
};

/** Checks, when a view starts, that its log holds the entries executed in earlier views. */
function lostByStarting({ after, now, ghostState }: ReplicaStep): string | undefined {
  for (const output of after.last?.outputs ?? []) {
    if (output.type !== 'send' || output.message.type !== 'STARTVIEW') continue;
    const { viewNumber, suffix } = output.message;
    const log = now.replica && quotedLog(now.replica, viewNumber, suffix);
    if (log === undefined) continue;
    const committed = ghostState.executedIn.findLastIndex((view) => view < viewNumber) + 1;
    if (ghostState.identities.isPrefix(ghostState.history.prefix(committed), log)) return undefined;
    const kept = ghostState.identities.commonLength(ghostState.history.prefix(committed), log);
    return `View ${viewNumber} starts with ${kept} of the ${committed} entries committed in earlier views.`;
  }
  return undefined;
}

/** Checks, when an entry is executed, that every later view that has started holds it. */
function lostByExecuting({ after, ghostState, now }: ReplicaStep): string | undefined {
  const view = now.replica?.viewNumber ?? 0;
  const { started, identities } = ghostState;
  if (now.replica === undefined || started.length <= view + 1) return undefined;
  if (!after.last?.outputs.some(isEntryOutcome)) return undefined;
  const executed = now.replica.log.prefix(Math.min(now.replica.commitNumber, now.replica.log.length));
  const lacking = started.findIndex(
    (log, later) => later > view && log !== undefined && !identities.isPrefix(executed, log),
  );
  if (lacking < 0) return undefined;
  return `${executed.length} entries are committed in view ${view}, and view ${lacking} has started without some of them.`;
}
