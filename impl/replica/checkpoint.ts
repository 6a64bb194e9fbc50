import { Map as PersistentMap } from 'immutable';
import { partsOf, stateOf } from '../service/parts.ts';
import type { Json } from '../service/service.ts';
import { Tree } from '../tree/tree.ts';
import { type Effects, persistCheckpoint } from './effects.ts';
import type { Executed, Replica } from './replica.ts';

/**
 * What the first `opNumber` entries have led to (VRR §5.1): it stands for them where they are gone. Checkpoints of one
 * op-number are equal at all replicas, to the byte.
 */
export interface Checkpoint {
  readonly opNumber: number;
  /** The time that was predicted for the last of them: no later entry may be given an earlier one. */
  readonly time: number;
  /** The state of the service, in parts. */
  readonly state: Tree;
  /** The client-table: client → its latest executed request. */
  readonly table: Tree;
}

/**
 * Takes a checkpoint of what is executed. Entries before the checkpoint that was the last until now are dropped: who lags
 * behind by less than the entries between two checkpoints never has to fetch one.
 */
export function takeCheckpoint(replica: Replica, effects: Effects): void {
  const last = replica.checkpoints.at(-1);
  const checkpoint = presentCheckpoint(replica);
  replica.checkpoints = last === undefined ? [checkpoint] : [last, checkpoint];
  replica.log = replica.log.compacted(last?.opNumber ?? 0);
  persistCheckpoint(replica, effects, checkpoint);
}

/** What a checkpoint taken now would be. */
export function presentCheckpoint(replica: Replica): Checkpoint {
  const { commitNumber: opNumber, serviceState, executed, log, configuration } = replica;
  const last = replica.checkpoints.at(-1);
  const executedLog = log.prefix(opNumber);
  // Only these clients have another line since then.
  const clients = new Set(executedLog.entriesAfter(last?.opNumber ?? 0).map(({ clientId }) => clientId));
  const lines: [string, Json][] = [];
  for (const clientId of clients) {
    const line = executed.get(clientId);
    if (line !== undefined) lines.push([clientId, line]);
  }
  const table = (last?.table ?? Tree.empty<Json>()).with(lines);
  return { opNumber, time: executedLog.lastTime, state: partsOf(configuration.service, serviceState), table };
}

/** The checkpoint takes the place of everything that was executed, and the log begins no later than after it. */
export function install(replica: Replica, effects: Effects, checkpoint: Checkpoint): void {
  const { opNumber, state, table } = checkpoint;
  replica.serviceState = stateOf(replica.configuration.service, state);
  replica.executed = PersistentMap<string, Executed>().withMutations((executed) => {
    for (const [clientId, line] of table.entries()) executed.set(clientId, lineOf(line));
  });
  replica.commitNumber = opNumber;
  replica.checkpoints = [checkpoint];
  effects.outputs.push({ type: 'restored', opNumber });
}

function lineOf(value: Json): Executed {
  if (!isLine(value)) throw new Error('A line of a checkpoint is none of a client-table.');
  return value;
}

/** Whether the value can be a line of the client-table. */
export function isLine(value: Json): value is Executed {
  if (typeof value !== 'object' || value === null || !('requestNumber' in value && 'result' in value))
    return false;
  const { requestNumber } = value;
  return typeof requestNumber === 'number' && Number.isSafeInteger(requestNumber) && requestNumber > 0;
}
