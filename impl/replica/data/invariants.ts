import { isMember } from './membership.ts';
import { isPrimary, type Replica } from './replica.ts';
import { excluding } from './replicaSet.ts';

/**
 * How the fields of the replica contradict each other, in a sentence, or undefined if they agree. These invariants hold
 * between any two steps, and stand at the fields of `Replica`. Takes time in the messages held, and no memory.
 */
export function brokenInvariant(replica: Replica): string | undefined {
  return brokenNumbers(replica) ?? brokenStatus(replica) ?? brokenPrimary(replica) ?? brokenWrites(replica);
}

/** Throws an Error that names the invariant, if one is broken. Called after each step, before its outputs leave. */
export function assertInvariants(replica: Replica): void {
  const broken = brokenInvariant(replica);
  if (broken === undefined) return;
  throw new Error(
    `Replica ${replica.replicaNumber} broke an invariant. ${broken} This is a bug: report it with the log. ` +
      'Nothing of this step was sent or stored: start the replica again with the storage that it has.',
  );
}

function brokenNumbers(replica: Replica): string | undefined {
  const { viewNumber, lastNormalView, commitNumber, log, checkpoints, pending } = replica;
  if (lastNormalView > viewNumber) return `The last normal view is ${lastNormalView}, in view ${viewNumber}.`;
  if (commitNumber > log.length) return `The commit-number is ${commitNumber}, of ${log.length} entries.`;
  const first = checkpoints[0]?.opNumber ?? 0;
  if (log.base > first)
    return `The log begins after entry ${log.base}, and the first checkpoint is of ${first}.`;
  const last = checkpoints.at(-1)?.opNumber ?? 0;
  if (last > commitNumber) return `A checkpoint is of ${last} entries, and ${commitNumber} are executed.`;
  const waiting = log.length - commitNumber;
  return pending.size > waiting
    ? `${pending.size} clients have pending requests, and ${waiting} entries are not executed.`
    : undefined;
}

function brokenStatus(replica: Replica): string | undefined {
  const { status, viewNumber, lastNormalView, transfer, recovery, membership } = replica;
  if (status === 'normal' && viewNumber !== lastNormalView)
    return `It is normal in view ${viewNumber}, and was last normal in view ${lastNormalView}.`;
  if ((status === 'recovering') !== (recovery !== undefined))
    return `Its status is ${status}, and ${recovery === undefined ? 'no' : 'a'} recovery is under way.`;
  if (status !== 'recovering' && !isMember(membership))
    return `Its status is ${status}, and it takes part in no group.`;
  if (transfer === undefined) return status === 'state-transfer' ? 'It fetches no log.' : undefined;
  if (status === 'normal' && (transfer.viewNumber !== viewNumber || isPrimary(replica)))
    return `It is normal in view ${viewNumber}, and fetches the log of view ${transfer.viewNumber}.`;
  return status === 'state-transfer' && transfer.viewNumber < viewNumber
    ? `It is in view ${viewNumber}, and fetches the log of view ${transfer.viewNumber}.`
    : undefined;
}

function brokenPrimary(replica: Replica): string | undefined {
  const { acknowledged, prepares, startViewChanges, doViewChanges, replicaNumber, viewNumber, log } = replica;
  for (let other = 0; other < acknowledged.length; other++)
    if ((acknowledged[other] ?? 0) > log.length)
      return `Replica ${other} is said to have acknowledged more than the log holds.`;
  if (prepares.length > replica.configuration.pipeline || (prepares.at(-1) ?? 0) > log.length)
    return `The PREPAREs outstanding end at ${prepares.join()}, and the log at ${log.length}.`;
  if (excluding(startViewChanges, replicaNumber) !== startViewChanges)
    return 'It counts itself among the others that call for the view.';
  for (const vote of doViewChanges)
    if (vote.viewNumber !== viewNumber)
      return `It holds a vote for view ${vote.viewNumber}, in view ${viewNumber}.`;
  return undefined;
}

function brokenWrites({ issuedWrite, viewWrite, durableWrite, held, halted }: Replica): string | undefined {
  if (halted !== undefined && held.length > 0) return 'It has stopped for good, and holds a message.';
  if (viewWrite > issuedWrite || durableWrite > issuedWrite)
    return `Write ${Math.max(viewWrite, durableWrite)} was never issued; the last one was ${issuedWrite}.`;
  for (const { after } of held)
    if (after <= durableWrite || after > issuedWrite)
      return `A message waits for write ${after}, and ${durableWrite} of ${issuedWrite} writes are durable.`;
  return undefined;
}
