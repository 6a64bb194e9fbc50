import type { Log } from '../../replica/data/log.ts';
import type { Replica } from '../../replica/data/replica.ts';
import { sizeOf } from '../../replica/data/replicaSet.ts';
import type { Input } from '../../replica/step.ts';
import { callsAfter } from './calls.ts';
import { isLeading, type ObservedState } from './observedState.ts';
import type { Publish } from './telemetryEvents.ts';

/** Publishes the changes of a replica's state in a step. */
export function publishChanges(
  publish: Publish,
  replica: Replica,
  before: ObservedState,
  after: ObservedState,
  input: Input,
): void {
  const { status, viewNumber, role, commitNumber } = after;
  if (status !== before.status) publish('status-changed', { from: before.status, to: status });
  if (viewNumber !== before.viewNumber) publish('view-changed', { from: before.viewNumber, to: viewNumber });
  if (role !== before.role) publish('role-changed', { from: before.role, to: role });
  publishLogChanges(publish, before, after);
  publishQuorums(publish, replica, before, after, input);
  if (commitNumber > before.commitNumber)
    publish('committed', { from: before.commitNumber, to: commitNumber });
}

function publishLogChanges(publish: Publish, before: ObservedState, after: ObservedState): void {
  const { log } = after;
  if (after.lastNormalView !== before.lastNormalView) {
    const kept = keptOf(before.log, log, before.commitNumber);
    if (kept < before.log.length) publish('log-conflict', { kept, lost: before.log.length - kept });
  }
  if (log.length > before.log.length) publish('appended', { from: before.log.length, to: log.length });
  if (log.base > before.log.base) publish('log-compacted', { from: before.log.base, to: log.base });
}

/** The number of entries that the new log keeps of the old one. It keeps all committed ones. */
function keptOf(old: Log, now: Log, committed: number): number {
  let kept = Math.min(Math.max(committed, now.base), old.length);
  while (kept < Math.min(old.length, now.length) && isSame(old, now, kept + 1)) kept++;
  return kept;
}

/** Whether both logs hold the same entry. A request that two views order has another random number in each. */
function isSame(old: Log, now: Log, opNumber: number): boolean {
  const [left, right] = [old.at(opNumber), now.at(opNumber)];
  return (
    left.clientId === right.clientId &&
    left.session === right.session &&
    left.requestNumber === right.requestNumber &&
    left.predicted.random === right.predicted.random
  );
}

function publishQuorums(
  publish: Publish,
  replica: Replica,
  before: ObservedState,
  after: ObservedState,
  input: Input,
): void {
  const { quorum } = replica.configuration;
  const sameView = before.viewNumber === after.viewNumber;
  if (isLeading(before) && isLeading(after) && after.commitNumber > before.commitNumber)
    publish('quorum-reached', { of: 'PREPAREOK', number: after.commitNumber });
  const wasChanging = sameView && before.status === 'view-change';
  const hasStarted = wasChanging && isLeading(after);
  if (after.status !== 'view-change' && !hasStarted) return;
  const calls = wasChanging ? sizeOf(before.startViewChanges) + 1 : 0;
  const callsNow = callsAfter(replica, before, input.type === 'message' ? input.message : undefined);
  if (calls < quorum && callsNow >= quorum)
    publish('quorum-reached', { of: 'STARTVIEWCHANGE', number: after.viewNumber });
  const votes = wasChanging ? before.doViewChanges.length : 0;
  const isVotedFor = hasStarted || after.doViewChanges.length >= quorum;
  if (votes < quorum && isVotedFor)
    publish('quorum-reached', { of: 'DOVIEWCHANGE', number: after.viewNumber });
}
