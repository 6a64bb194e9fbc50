import type { Log } from '../../impl/index.ts';
import type { Observation } from '../../spec/promise/index.ts';
import { isEmptied } from '../world/disk.ts';
import { bitsOfKinds } from '../world/outputKinds.ts';
import type { Machine, World } from '../world/world.ts';
import { type GhostState, isExecution, positionOf } from './ghost/ghostState.ts';

/** The outputs that a client or an operator could see. */
const bitsSeen = bitsOfKinds(['restored', 'executed', 'failed']);

/**
 * The abstraction: the last event of the concrete world as observations of the promise. A replica is a copy
 * of the service, and has executed its entries up to the commit-number; entries that register a client are
 * invisible from outside. `ghostState` is the ghost state after the event.
 */
export function observations(before: World, after: World, ghostState: GhostState): readonly Observation[] {
  const { last } = after;
  if (last === undefined) return [];
  if (last.client !== undefined) return clientObservations(after, last.client);
  if (last.replica === undefined) return [];
  const copy = last.replica;
  const isRestarted = before.machines[copy]?.replica === undefined;
  if (!isRestarted && (last.kinds & bitsSeen) === 0) return [];
  const seen: Observation[] = isRestarted ? [{ kind: 'restarted', copy, executed: 0 }] : [];
  for (const output of last.outputs) {
    if (output.type === 'restored')
      seen.push({ kind: 'restored', copy, executed: positionOf(ghostState, output.opNumber) });
    if (!isExecution(output)) continue;
    seen.push({
      kind: 'executed',
      copy,
      position: positionOf(ghostState, output.opNumber),
      request: output.request,
      predicted: output.request.predicted,
      result: output.type === 'failed' ? undefined : output.result,
    });
  }
  return seen;
}

function clientObservations({ last, clients }: World, client: number): readonly Observation[] {
  const seen: Observation[] = [];
  const request = clients[client]?.client.outstanding.at(-1);
  if (last?.event.type === 'request' && request !== undefined) seen.push({ kind: 'submitted', request });
  for (const output of last?.clientOutputs ?? []) {
    if (output.type === 'answered')
      seen.push({ kind: 'answered', request: output.request, result: output.result });
    if (output.type === 'failed') seen.push({ kind: 'answered', request: output.request, result: undefined });
  }
  return seen;
}

/** The observation of a group in which one replica has long exchanged messages with a quorum. */
export function connectedObservation({ clients }: World): Observation {
  return { kind: 'connected', unanswered: clients.flatMap(({ client }) => client.outstanding) };
}

/** The observation of a group once faults have stopped for long enough. Copies that are down do not count. */
export function settledObservation({ machines, clients }: World, ghostState: GhostState): Observation {
  const unanswered = clients.flatMap(({ client }) => client.outstanding);
  const executed = machines.flatMap(({ replica }) =>
    replica === undefined || replica.halted !== undefined
      ? []
      : [positionOf(ghostState, replica.commitNumber)],
  );
  return { kind: 'settled', unanswered, executed };
}

/**
 * How many positions of the history survive the loss of any f replicas: those that every quorum which can
 * still form holds. A replica that cannot vote, because it is recovering or lost its memory, is in no quorum.
 * In durable mode stable storage counts, also that of machines that are down.
 */
export function survivingPositions({ machines, configuration }: World, ghostState: GhostState): number {
  const { history, identities } = ghostState;
  const agreements: number[] = [];
  for (const machine of machines) {
    const log = votingLog(machine, configuration.mode === 'durable');
    if (log !== undefined) agreements.push(identities.commonLength(log, history));
  }
  // The weakest quorum consists of the replicas that agree least.
  return positionOf(ghostState, ranked(agreements, Math.min(configuration.quorum, agreements.length)));
}

/** The number of this rank among a few, from 1 for the least; 0 if there is none. Sorting them takes several times as long. */
function ranked(numbers: readonly number[], rank: number): number {
  for (const number of numbers) {
    let less = 0;
    let equal = 0;
    for (const other of numbers) {
      if (other < number) less++;
      if (other === number) equal++;
    }
    if (less < rank && rank <= less + equal) return number;
  }
  return 0;
}

/**
 * The log with which the machine would vote in a view change, now or after a restart; undefined if it could
 * not vote.
 */
export function votingLog({ replica, disk }: Machine, durable: boolean): Log | undefined {
  if ((replica?.halted ?? disk.image.halted) !== undefined) return undefined;
  if (durable) return disk.image.isCorrupt || isEmptied(disk) ? undefined : disk.image.log;
  return replica === undefined || replica.status === 'recovering' ? undefined : replica.log;
}
