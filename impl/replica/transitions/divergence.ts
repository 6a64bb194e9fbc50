import type { Checkpoint, Comparison, Halt } from '../data/checkpoint.ts';
import type { AgreedCheckpoint, CheckpointDigests, CheckpointSummary, Commit } from '../data/messages.ts';
import type { Replica } from '../data/replica.ts';
import { alarm, disarm, persistHalt, type StepContext, send } from './effects.ts';

/*
 * Checkpoints of one op-number are equal at all replicas, unless the service or a machine is not deterministic. Their
 * digests are compared as a matter of course: acknowledgements tell the primary those of the backups' checkpoints, and its
 * heartbeats tell the backups which digests a quorum shares. A replica with others halts, because its answers are wrong.
 *
 * The mark of a halted replica is durable: its storage holds the wrong state, whatever version of the service runs later.
 * If a crash undoes the mark, the replica has not halted: its checkpoints are compared again.
 */

/** The latest checkpoint of the replica, as its acknowledgements and heartbeat answers tell it; null if it has none. */
export function summaryOf({ checkpoints }: Replica): CheckpointSummary | null {
  const latest = checkpoints.at(-1);
  return latest === undefined ? null : { opNumber: latest.opNumber, digests: digestsOf(latest) };
}

/** The same, or null if an acknowledgement of this view has told it before. */
export function unreportedSummary(replica: Replica): CheckpointSummary | null {
  const latest = replica.checkpoints.at(-1);
  if (latest === undefined || latest.opNumber <= replica.reported) return null;
  replica.reported = latest.opNumber;
  return summaryOf(replica);
}

/** The digests of both parts of the checkpoint. */
function digestsOf({ state, table }: Checkpoint): CheckpointDigests {
  return { table: table.digest, state: state.digest };
}

/**
 * At the primary: notes the checkpoint of a backup, if the primary has one of that op-number, and compares. Returns
 * whether the primary may go on.
 */
export function compareWith(
  context: StepContext,
  replicaNumber: number,
  summary: CheckpointSummary | null,
): boolean {
  const { replica } = context;
  const own = replica.checkpoints.find(({ opNumber }) => opNumber === summary?.opNumber);
  if (summary === null || own === undefined) return true;
  const { opNumber, digests } = summary;
  const comparison = comparisonOf(replica, own);
  const isKnown = areEqual(comparison.byReplica[replicaNumber], digests);
  const noted = isKnown
    ? comparison
    : { opNumber, byReplica: comparison.byReplica.with(replicaNumber, digests) };
  if (!isKnown) replica.comparisons = [...othersHeld(replica, opNumber), noted];
  return judge(context, noted, replicaNumber, isKnown);
}

/** The comparisons with other checkpoints that the replica still has. */
function othersHeld({ comparisons, checkpoints }: Replica, opNumber: number): readonly Comparison[] {
  return comparisons.filter(
    (other) => other.opNumber !== opNumber && checkpoints.some((held) => held.opNumber === other.opNumber),
  );
}

function comparisonOf({ comparisons, configuration, replicaNumber }: Replica, own: Checkpoint): Comparison {
  const known = comparisons.find(({ opNumber }) => opNumber === own.opNumber);
  if (known !== undefined) return known;
  const none = Array.from({ length: configuration.size }, (): CheckpointDigests | undefined => undefined);
  return { opNumber: own.opNumber, byReplica: none.with(replicaNumber, digestsOf(own)) };
}

function judge(context: StepContext, comparison: Comparison, told: number, isKnown: boolean): boolean {
  const { replica } = context;
  const own = comparison.byReplica[replica.replicaNumber];
  const theirs = comparison.byReplica[told];
  if (own === undefined || theirs === undefined) return true;
  const verdict = verdictOf(replica, comparison);
  if (verdict === undefined) {
    const { opNumber } = comparison;
    if (!isKnown && !areEqual(own, theirs))
      alarm(context, {
        code: 'checkpoints-differ',
        opNumber,
        part: partOf(own, theirs),
        replicaNumber: told,
      });
    return true;
  }
  // A replica in the minority learns it at once, and from each later heartbeat.
  comparison.byReplica.forEach((digests, to) => {
    if (isKnown || to === replica.replicaNumber) return;
    if (digests !== undefined && !areEqual(digests, verdict.digests))
      send(context, to, { ...commitOf(replica), agreed: verdict }, 'view');
  });
  if (areEqual(own, verdict.digests)) return true;
  halt(context, {
    opNumber: verdict.opNumber,
    part: partOf(own, verdict.digests ?? theirs),
    isOutvoted: verdict.digests !== null,
  });
  return false;
}

/** ⟨COMMIT v, k, d⟩ of the present view. */
export function commitOf(replica: Replica): Commit {
  const { viewNumber, commitNumber, log } = replica;
  const suffix = log.prefix(commitNumber).suffix(commitNumber);
  return { type: 'COMMIT', viewNumber, commitNumber, suffix, agreed: agreedCheckpoint(replica) };
}

/** The latest checkpoint of which the primary knows what a quorum holds, or that no quorum can agree; null if there is none. */
function agreedCheckpoint(replica: Replica): AgreedCheckpoint | null {
  let latest: AgreedCheckpoint | null = null;
  for (const comparison of replica.comparisons) {
    if (comparison.opNumber > (latest?.opNumber ?? 0)) latest = verdictOf(replica, comparison) ?? latest;
  }
  return latest;
}

/** The digests that a quorum shares, null if no quorum can any more, or undefined while that is open. */
function verdictOf(
  { configuration: { size, quorum } }: Replica,
  { opNumber, byReplica }: Comparison,
): AgreedCheckpoint | undefined {
  let most = 0;
  let heard = 0;
  for (const one of byReplica) {
    if (one === undefined) continue;
    heard++;
    const sharing = byReplica.filter((other) => areEqual(one, other)).length;
    if (sharing >= quorum) return { opNumber, digests: one };
    most = Math.max(most, sharing);
  }
  return most + size - heard < quorum ? { opNumber, digests: null } : undefined;
}

/** At a backup: compares its checkpoint with what a quorum holds. Returns whether it may go on. */
export function compareWithAgreed(context: StepContext, agreed: AgreedCheckpoint | null): boolean {
  const own = context.replica.checkpoints.find(({ opNumber }) => opNumber === agreed?.opNumber);
  if (agreed === null || own === undefined) return true;
  const held = digestsOf(own);
  if (areEqual(held, agreed.digests)) return true;
  const part = agreed.digests === null ? 'state' : partOf(held, agreed.digests);
  halt(context, { opNumber: agreed.opNumber, part, isOutvoted: agreed.digests !== null });
  return false;
}

function areEqual(one: CheckpointDigests | undefined, other: CheckpointDigests | null | undefined): boolean {
  return one !== undefined && one.table === other?.table && one.state === other.state;
}

function partOf(one: CheckpointDigests, other: CheckpointDigests): Halt['part'] {
  return one.state === other.state ? 'table' : 'state';
}

/** Stops the replica for good. It sends nothing any more, not even what waits for a write. */
function halt(context: StepContext, halted: Halt): void {
  persistHalt(context, halted);
  stop(context, halted);
}

/** The same for a replica that has restarted: its storage holds the mark. It is normal in no view. */
export function remainHalted(context: StepContext, halted: Halt, lastNormalView: number): void {
  context.replica.lastNormalView = lastNormalView;
  context.replica.status = 'view-change';
  stop(context, halted);
}

function stop(context: StepContext, halted: Halt): void {
  const { replica } = context;
  replica.halted = halted;
  replica.held = [];
  for (const timer of ['heartbeat', 'resend', 'suspect'] as const) disarm(context, timer);
  const reason = { code: 'diverged', ...halted } as const;
  alarm(context, reason);
  context.outputs.push({ type: 'halt', reason });
}
