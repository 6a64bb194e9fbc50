import type { Checkpoint, Json } from '../../../impl/index.ts';
import type { Entry, Promised } from '../../../spec/promise/index.ts';
import type { World } from '../../world/world.ts';
import type { ReplicaStep, StepClaim } from '../claim.ts';

/** A checkpoint takes the place of everything before it, so it must be what everything before it leads to. */
export const checkpointsAreEqual: StepClaim = {
  name: 'checkpoints-are-equal',
  level: 'cluster',
  prose:
    'A checkpoint holds the state of the service and the client-table that the history leads to, to the byte: so all ' +
    'checkpoints of one op-number are equal.',
  broken(step) {
    const { old, now } = step;
    if (now.replica === undefined || now.replica.checkpoints === old.replica?.checkpoints) return undefined;
    for (const checkpoint of now.replica.checkpoints) {
      if (old.replica?.checkpoints.includes(checkpoint)) continue;
      const seen = unlikeHistory(step, checkpoint);
      if (seen !== undefined) return seen;
    }
    return undefined;
  },
};

function unlikeHistory({ after, promised }: ReplicaStep, checkpoint: Checkpoint): string | undefined {
  const { opNumber, state, table } = checkpoint;
  const entry = promised.history[opNumber - 1];
  if (entry === undefined)
    return `It has a checkpoint of ${opNumber} entries, and only ${promised.history.length} were ever executed.`;
  const right = known.get(entry) ?? digestsOf(after, promised, entry, opNumber);
  known.set(entry, right);
  if (state.digest !== right.state)
    return `Its checkpoint of ${opNumber} entries holds another state than the history leads to.`;
  return table.digest === right.table
    ? undefined
    : `Its checkpoint of ${opNumber} entries holds another client-table than the history leads to.`;
}

/** A memory only: an entry stands in one history. */
const known = new WeakMap<Entry, { readonly state: string; readonly table: string }>();

function digestsOf(
  { implementation, configuration }: World,
  promised: Promised,
  entry: Entry,
  opNumber: number,
): { readonly state: string; readonly table: string } {
  const { digest: state } = implementation.partsOf(configuration.service, entry.state);
  const { digest: table } = implementation.Tree.empty<Json>().with(linesOf(promised, opNumber));
  return { state, table };
}

function linesOf({ history }: Promised, opNumber: number): ReadonlyMap<string, Json> {
  const lines = new Map<string, Json>();
  for (const { request, result } of history.slice(0, opNumber)) {
    const { clientId, requestNumber } = request;
    lines.set(clientId, { requestNumber, result });
  }
  return lines;
}
