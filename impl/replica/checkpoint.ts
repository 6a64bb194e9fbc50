import { partsOf, stateOf } from '../service/parts.ts';
import type { Json } from '../service/service.ts';
import type { Tree } from '../tree/tree.ts';
import type { Executed } from './clientTable.ts';
import { type Effects, persistCheckpoint } from './effects.ts';
import type { Replica } from './replica.ts';

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
  /** The client-table: client → its line. */
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

/**
 * What a checkpoint taken now would be. Most are never looked at: the table costs nothing but that its parts are copied
 * when they next change, and the parts of the state are made when they are first asked for.
 */
export function presentCheckpoint(replica: Replica): Checkpoint {
  const { commitNumber: opNumber, log, executed, serviceState } = replica;
  const { service } = replica.configuration;
  let parts: Tree | undefined;
  return {
    opNumber,
    time: log.prefix(opNumber).lastTime,
    get state() {
      parts ??= partsOf(service, serviceState);
      return parts;
    },
    table: executed.asImmutable(),
  };
}

/** The checkpoint takes the place of everything that was executed, and the log begins no later than after it. */
export function install(replica: Replica, effects: Effects, checkpoint: Checkpoint): void {
  const { opNumber, state, table } = checkpoint;
  if (!isTable(table)) throw new Error('A line of a checkpoint is none of a client-table.');
  replica.serviceState = stateOf(replica.configuration.service, state);
  replica.executed = table;
  replica.commitNumber = opNumber;
  replica.checkpoints = [checkpoint];
  effects.outputs.push({ type: 'restored', opNumber });
}

function isTable(table: Tree): table is Tree<Executed> {
  for (const [, line] of table.entries()) if (!isLine(line)) return false;
  return true;
}

/** Whether the value can be a line of the client-table. */
export function isLine(value: Json): value is Executed {
  if (typeof value !== 'object' || value === null || !('requestNumber' in value)) return false;
  const { session, requestNumber, results, opNumber } = value;
  return (
    [session, requestNumber, opNumber].every(isWhole) &&
    Array.isArray(results) &&
    results.length <= Number(requestNumber)
  );
}

function isWhole(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
