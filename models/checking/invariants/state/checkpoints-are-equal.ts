import type { Checkpoint, Json, Log } from '../../../../impl/index.ts';
import type { World } from '../../../world/world.ts';
import { expectedTable } from '../../ghost/expectedTable.ts';
import { type GhostState, positionOf } from '../../ghost/ghostState.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** A checkpoint replaces the entries before it, so it must be what they produce. */
export const checkpointsAreEqual: Invariant = {
  name: 'checkpoints-are-equal',
  level: 'state',
  prose:
    'A checkpoint holds exactly the service state and the client-table that the history up to its ' +
    'op-number produces. So all checkpoints of one op-number are equal, byte for byte.',
  evidence: {
    reached: { answered: 200, 'log-compacted': 100, 'checkpoint-for-later-view': 1 },
    brokenBy: { mutant: 'checkpoint-misnumbered', replicas: 3, mode: 'durable' },
  },
  check(step) {
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

function unlikeHistory({ after, executed }: ReplicaStep, checkpoint: Checkpoint): string | undefined {
  const { opNumber, state, table } = checkpoint;
  const { history } = executed;
  if (opNumber < 1 || opNumber > history.length)
    return `It has a checkpoint of ${opNumber} entries, and only ${history.length} were ever executed.`;
  const log = history.prefix(opNumber);
  const right = known.get(log) ?? digestsOf(after, executed, opNumber);
  known.set(log, right);
  if (state.digest !== right.state)
    return `Its checkpoint of ${opNumber} entries holds another service state than the history produces.`;
  return table.digest === right.table
    ? undefined
    : `Its checkpoint of ${opNumber} entries holds another client-table than the history produces.`;
}

/** A cache: equal logs have equal digests. */
const known = new WeakMap<Log, { readonly state: string; readonly table: string }>();

function digestsOf(
  world: World,
  ghostState: GhostState,
  opNumber: number,
): { readonly state: string; readonly table: string } {
  const { implementation, configuration } = world;
  const entry = ghostState.promised.history[positionOf(ghostState, opNumber) - 1];
  const { state } = entry ?? { state: configuration.service.initial };
  const { digest: table } = implementation.Tree.empty<Json>().with(
    expectedTable(ghostState, world, opNumber),
  );
  return { state: implementation.partsOf(configuration.service, state).digest, table };
}
