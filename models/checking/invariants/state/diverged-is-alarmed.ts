import type { Checkpoint, Replica } from '../../../../impl/index.ts';
import type { World } from '../../../world/world.ts';
import type { GhostState } from '../../ghost/ghostState.ts';
import type { SettledInvariant } from '../invariant.ts';

/** A service that is not deterministic answers clients wrongly for as long as no replica notices. */
export const divergedIsAlarmed: SettledInvariant = {
  name: 'diverged-is-alarmed',
  level: 'state',
  prose:
    'Once replicas that have executed different entries under one op-number, or whose latest checkpoints of one differ, have ' +
    'exchanged messages for long enough, an alarm was raised. If a quorum shares one of them, a replica with another has stopped for good.',
  evidence: {
    reached: { halted: 5 },
    brokenBy: { mutant: 'digests-not-compared', replicas: 3, mode: 'durable' },
  },
  check(world, { ghostState }) {
    const live = liveReplicas(world);
    if (world.setup.altered !== undefined) return ghostState && unnoticed(live, ghostState);
    const [first] = live;
    const isServing = live.every(
      ({ status, viewNumber }) => status === 'normal' && viewNumber === first?.viewNumber,
    );
    if (!isServing || live.length < world.configuration.quorum) return undefined;
    for (const one of live) {
      for (const other of live) {
        if (other.replicaNumber <= one.replicaNumber) continue;
        const opNumber = differingAt(one, other);
        if (opNumber === undefined) continue;
        const seen = `r${one.replicaNumber} and r${other.replicaNumber} run with different checkpoints of ${opNumber} entries`;
        if (ghostState?.alarmed.size === 0) return `${seen}, and no replica has raised an alarm.`;
        if (quorumShares(live, opNumber, world.configuration.quorum))
          return `${seen}, although a quorum shares one of them.`;
      }
    }
    return undefined;
  },
};

/** Two replicas that have executed different entries, although no replica has raised an alarm. */
function unnoticed(live: readonly Replica[], { alarmed, identities }: GhostState): string | undefined {
  if (alarmed.size > 0) return undefined;
  for (const one of live) {
    for (const other of live) {
      const executed = Math.min(one.commitNumber, other.commitNumber, one.log.length, other.log.length);
      if (identities.commonLength(one.log, other.log) < executed)
        return `r${one.replicaNumber} and r${other.replicaNumber} have executed different entries, and no replica has raised an alarm.`;
    }
  }
  return undefined;
}

/** The replicas that run and have not stopped for good. */
export function liveReplicas({ machines }: World): readonly Replica[] {
  const live: Replica[] = [];
  for (const { replica } of machines)
    if (replica !== undefined && replica.halted === undefined) live.push(replica);
  return live;
}

function differingAt(one: Replica, other: Replica): number | undefined {
  const [mine, theirs] = [one.checkpoints.at(-1), other.checkpoints.at(-1)];
  if (mine === undefined || theirs?.opNumber !== mine.opNumber) return undefined;
  return digestsIn(mine) === digestsIn(theirs) ? undefined : mine.opNumber;
}

function quorumShares(live: readonly Replica[], opNumber: number, quorum: number): boolean {
  const all = live.flatMap(({ checkpoints }) => {
    const latest = checkpoints.at(-1);
    return latest?.opNumber === opNumber ? [digestsIn(latest)] : [];
  });
  return all.some((digests) => all.filter((other) => other === digests).length >= quorum);
}

/** The digests of both parts of a checkpoint, as one text. */
function digestsIn({ table, state }: Checkpoint): string {
  return `${table.digest} ${state.digest}`;
}
