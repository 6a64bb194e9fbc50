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

/** Appends one request to the log and notes it in the client-table, without a result yet (VRR §4.1). */
export function append(replica: Replica, request: Entry): void {
  replica.log = replica.log.append(request);
  replica.pending = replica.pending.asMutable().set(request.clientId, replica.log.length);
}

/**
 * Executes every entry up to `commitNumber`, or up to the log's end if that comes first, each once and after its
 * predecessor; caches each result, and at the primary answers the client (VRR §4.1 steps 5–7).
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

/** Has the service execute the request, unless its client was evicted: then nobody knows whether it was executed before. */
function executeOperation(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  const { configuration } = replica;
  const { service } = configuration;
  const line = recordFor(replica.clientTable, request, configuration);
  if (line === undefined) return turnAway(context, opNumber, request);
  const { state, result } = service.apply(replica.serviceState, request.operation, request.predicted);
  replica.serviceState = state;
  replica.commitNumber = opNumber;
  replica.clientTable = withResult(
    replica.clientTable.asMutable(),
    request,
    opNumber,
    line,
    result,
    configuration,
  );
  context.outputs.push({ type: 'executed', opNumber, request, result });
  replyWithResult(context, request, result);
}

function turnAway(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  const { clientId, requestNumber } = request;
  const { viewNumber } = replica;
  replica.commitNumber = opNumber;
  context.outputs.push({ type: 'turned-away', opNumber, request });
  replyIfPrimary(context, { type: 'EVICTED', viewNumber, clientId, requestNumber });
}

/** Begins a session for the client. Its number is the op-number, which no other session will ever have. */
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

/** The primary alone tells the client what became of its request (VRR §4.1 step 7). */
function replyIfPrimary(context: StepContext, message: ClientMessage): void {
  const { replica } = context;
  if (replica.status === 'normal' && isPrimary(replica)) reply(context, message);
}

/**
 * Replaces the log, executes what is committed, and makes the client-table again what the log says.
 * Repair (VRR §4.2): a request that was appended and then lost with its view must not be taken for a running one.
 * The new log begins with everything that was executed; only what follows is looked at.
 */
export function replaceLog(context: StepContext, log: Log, commitNumber: number): void {
  const { replica } = context;
  replica.log = log;
  executeUpTo(context, commitNumber);
  rebuildPending(replica);
}

/** Makes the table of running requests again what the log says. */
export function rebuildPending(replica: Replica): void {
  replica.pending = PersistentMap<string, number>().withMutations((pending) => {
    let opNumber = replica.commitNumber;
    for (const { clientId } of replica.log.entriesAfter(opNumber)) pending.set(clientId, ++opNumber);
  });
}

/**
 * Takes a checkpoint of what is executed. Entries before the checkpoint that was the last until now are dropped: who lags
 * behind by less than the entries between two checkpoints never has to fetch one.
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
 * What a checkpoint taken now would be. Most are never looked at: the table costs nothing but that its parts are copied
 * when they next change, and the parts of the state are made when they are first asked for.
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

/** The checkpoint takes the place of everything that was executed, and the log begins no later than after it. */
export function installCheckpoint(context: StepContext, checkpoint: Checkpoint): void {
  const { replica } = context;
  const { opNumber, state, table } = checkpoint;
  if (!isClientTable(table)) throw new Error('A line of a checkpoint is none of a client-table.');
  replica.serviceState = stateOf(replica.configuration.service, state);
  replica.clientTable = table;
  replica.commitNumber = opNumber;
  replica.checkpoints = [checkpoint];
  context.outputs.push({ type: 'restored', opNumber });
}
