import { Map as PersistentMap } from 'immutable';
import { partsOf, stateOf } from '../../service/parts.ts';
import type { Json } from '../../tree/json.ts';
import type { Tree } from '../../tree/tree.ts';
import type { Checkpoint } from '../data/checkpoint.ts';
import { isClientTable, recordFor, withRegistered, withResult } from '../data/clientTable.ts';
import type { Entry } from '../data/entry.ts';
import type { Log } from '../data/log.ts';
import type { ClientMessage } from '../data/messages.ts';
import { isPrimary, type Replica } from '../data/replica.ts';
import { persistCheckpoint, reply, type StepContext } from './effects.ts';

/** Appends an entry to the log and notes it as pending (VRR §4.1). */
export function append(replica: Replica, request: Entry): void {
  replica.log = replica.log.append(request);
  replica.pending = replica.pending.asMutable().set(request.clientId, replica.log.length);
}

/**
 * Executes the entries up to `commitNumber`, or to the end of the log if that comes first, each once and in order.
 * Keeps each result in the client-table. The primary also answers the client (VRR §4.1 steps 5–7).
 */
export function executeUpTo(context: StepContext, commitNumber: number): void {
  const { replica } = context;
  const last = Math.min(commitNumber, replica.log.length);
  while (replica.commitNumber < last) execute(context, replica.commitNumber + 1);
}

function execute(context: StepContext, opNumber: number): void {
  const { replica } = context;
  const request = replica.log.at(opNumber);
  if (request.requestNumber === 0) registerClient(context, opNumber, request);
  else executeOperation(context, opNumber, request);
  const { clientId } = request;
  if (replica.pending.get(clientId) === opNumber)
    replica.pending = replica.pending.asMutable().delete(clientId);
  if (opNumber % replica.configuration.checkpointEvery === 0) takeCheckpoint(context);
}

/**
 * Applies the operation to the service, unless its client was evicted: the client-table no longer tells whether the
 * request was executed.
 */
function executeOperation(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  const { configuration } = replica;
  const { service } = configuration;
  const record = recordFor(replica.clientTable, request, configuration);
  if (record === undefined) return skipEvicted(context, opNumber, request);
  const { state, result } = service.apply(replica.serviceState, request.operation, request.predicted);
  replica.serviceState = state;
  replica.commitNumber = opNumber;
  replica.clientTable = withResult(
    replica.clientTable.asMutable(),
    request,
    opNumber,
    record,
    result,
    configuration,
  );
  context.outputs.push({ type: 'executed', opNumber, request, result });
  replyWithResult(context, request, result);
}

function skipEvicted(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  const { clientId, requestNumber } = request;
  const { viewNumber } = replica;
  replica.commitNumber = opNumber;
  context.outputs.push({ type: 'turned-away', opNumber, request });
  replyIfPrimary(context, { type: 'EVICTED', viewNumber, clientId, requestNumber });
}

/** Starts a session for the client. Its number is the op-number, which no other session has. */
function registerClient(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  const { configuration } = replica;
  const { clientId } = request;
  replica.commitNumber = opNumber;
  replica.clientTable = withRegistered(replica.clientTable.asMutable(), clientId, opNumber, configuration);
  context.outputs.push({ type: 'registered', opNumber, request });
  replyWithResult(context, request, opNumber);
}

function replyWithResult(context: StepContext, { clientId, requestNumber }: Entry, result: Json): void {
  const { viewNumber } = context.replica;
  replyIfPrimary(context, { type: 'REPLY', viewNumber, clientId, requestNumber, result });
}

/** Only a normal primary answers clients (VRR §4.1 step 7). */
function replyIfPrimary(context: StepContext, message: ClientMessage): void {
  const { replica } = context;
  if (replica.status === 'normal' && isPrimary(replica)) reply(context, message);
}

/**
 * Replaces the log, executes its committed entries, and derives the pending requests from the rest. The new log must
 * contain every executed entry.
 *
 * Repair (VRR §4.2): a request that was appended, and then lost with its view, must not count as pending.
 */
export function replaceLog(context: StepContext, log: Log, commitNumber: number): void {
  const { replica } = context;
  replica.log = log;
  executeUpTo(context, commitNumber);
  rebuildPending(replica);
}

/** Derives the pending requests from the entries that are not executed. */
export function rebuildPending(replica: Replica): void {
  replica.pending = PersistentMap<string, number>().withMutations((pending) => {
    let opNumber = replica.commitNumber;
    for (const { clientId } of replica.log.entriesAfter(opNumber)) pending.set(clientId, ++opNumber);
  });
}

/**
 * Takes a checkpoint of the executed entries, and drops the entries before the previous checkpoint. A replica that
 * lags by fewer entries than lie between two checkpoints never has to fetch one.
 */
function takeCheckpoint(context: StepContext): void {
  const { replica } = context;
  const last = replica.checkpoints.at(-1);
  const checkpoint = currentCheckpoint(replica);
  replica.checkpoints = last === undefined ? [checkpoint] : [last, checkpoint];
  replica.log = replica.log.compacted(last?.opNumber ?? 0);
  persistCheckpoint(context, checkpoint);
}

/**
 * A checkpoint of the executed entries. It is lazy, since most checkpoints are never read: the parts of the state are
 * made when they are first read, and the client-table is copied only where it changes later.
 */
export function currentCheckpoint(replica: Replica): Checkpoint {
  const { commitNumber: opNumber, log, clientTable, serviceState } = replica;
  const { service } = replica.configuration;
  let parts: Tree | undefined;
  return {
    opNumber,
    time: log.prefix(opNumber).lastTime,
    get state() {
      parts ??= partsOf(service, serviceState);
      return parts;
    },
    table: clientTable.asImmutable(),
  };
}

/**
 * Replaces the executed state with the checkpoint. The caller replaces the log, which begins at the checkpoint or
 * before it. Throws an Error if the checkpoint holds no client-table.
 */
export function installCheckpoint(context: StepContext, checkpoint: Checkpoint): void {
  const { replica } = context;
  const { opNumber, state, table } = checkpoint;
  if (!isClientTable(table)) throw new Error('The checkpoint holds no client-table.');
  replica.serviceState = stateOf(replica.configuration.service, state);
  replica.clientTable = table;
  replica.commitNumber = opNumber;
  replica.checkpoints = [checkpoint];
  context.outputs.push({ type: 'restored', opNumber });
}
