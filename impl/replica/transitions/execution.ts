import { Map as PersistentMap } from 'immutable';
import { appliedProblem } from '../../service/applied.ts';
import { unkept } from '../../service/kept.ts';
import { partsOf, stateOf } from '../../service/parts.ts';
import { changesBetween } from '../../tree/changes.ts';
import { freeze } from '../../tree/frozen.ts';
import type { Json } from '../../tree/json.ts';
import { Tree } from '../../tree/tree.ts';
import type { Checkpoint } from '../data/checkpoint.ts';
import {
  isClientTable,
  type Outcome,
  recordFor,
  withOutcome,
  withoutSession,
  withRegistered,
} from '../data/clientTable.ts';
import { type Entry, endsSession, type Request } from '../data/entry.ts';
import type { Log } from '../data/log.ts';
import type { ClientMessage } from '../data/messages.ts';
import { isPrimary, type Replica } from '../data/replica.ts';
import { charsOf, maxDepth } from '../validation/fields.ts';
import { alarm, persistCheckpoint, reply, type StepContext } from './effects.ts';

/** Entries from one time that changes are digested to the next. Few have few digests, and many share the branches above them. */
const digestEvery = 256;

/** Appends an entry to the log and notes it as pending (VRR §4.1). */
export function append(replica: Replica, request: Entry): void {
  replica.log = replica.log.append(request);
  replica.pending = replica.pending.asMutable().set(request.clientId, replica.log.length);
}

/** Takes a log that continues the present one, and notes the entries after that as pending. */
export function extendTo(replica: Replica, log: Log): void {
  let opNumber = replica.log.length;
  const pending = replica.pending.asMutable();
  for (const { clientId } of log.entriesAfter(opNumber)) pending.set(clientId, ++opNumber);
  replica.pending = pending;
  replica.log = log;
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
  if (endsSession(request)) endSession(context, opNumber, request);
  else if (request.requestNumber === 0) registerClient(context, opNumber, request);
  else executeOperation(context, opNumber, request);
  const { clientId } = request;
  if (replica.pending.get(clientId) === opNumber)
    replica.pending = replica.pending.asMutable().delete(clientId);
  if (opNumber % replica.configuration.checkpointEvery === 0) takeCheckpoint(context);
  else if (opNumber % digestEvery === 0) digestChanges(replica);
}

/**
 * Computes the digests of what has changed, and keeps none: parts remember theirs. The next checkpoint would compute all of them in one
 * turn, during which this replica is silent, as all others are that execute the same entry. A state that is no Tree has no
 * parts before its checkpoint.
 */
function digestChanges({ serviceState, clientTable }: Replica): void {
  if (serviceState instanceof Tree) serviceState.digest;
  clientTable.digest;
}

/**
 * Applies the operation to the service, unless its client was evicted: the client-table no longer tells whether the
 * request was executed.
 */
function executeOperation(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  const { configuration } = replica;
  const record = recordFor(replica.clientTable, request, configuration);
  if (record === undefined) return skipEvicted(context, opNumber, request);
  const outcome = apply(replica, request);
  replica.commitNumber = opNumber;
  replica.clientTable = withOutcome(
    replica.clientTable.asMutable(),
    request,
    opNumber,
    record,
    outcome,
    configuration,
  );
  if (outcome.type === 'result') {
    context.outputs.push({ type: 'executed', opNumber, request, result: outcome.result });
  } else context.outputs.push({ type: 'failed', opNumber, request, problem: outcome.problem });
  replyIfPrimary(context, answerOf(replica, request, outcome));
}

/**
 * Applies an operation to the state of the service. Where the service throws, or yields what no checkpoint can keep or no
 * message can carry, the operation fails and changes nothing. Every replica executes it, so it fails at all of them: a replica
 * that stopped instead would take the group with it, and again after each restart. The problem may read differently at
 * another replica, so it is no part of the state.
 *
 * State and entry are frozen, so that a service that changes them fails instead: the entry is in the log, and a failed
 * operation must leave the state as it was.
 */
function apply(replica: Replica, request: Entry): Outcome & { readonly problem: string } {
  const { service, contentChars } = replica.configuration;
  const { operation, predicted } = request;
  try {
    const applied = service.apply(freeze(replica.serviceState), freeze(operation), freeze(predicted));
    const problem = appliedProblem(service, applied);
    if (problem !== undefined) return { type: 'failed', problem };
    const { state, result } = applied;
    const chars = charsOf(result, maxDepth);
    if (Number.isNaN(chars)) return { type: 'failed', problem: notJson(result) };
    if (chars > contentChars)
      return {
        type: 'failed',
        problem: `its result has ${chars} characters of JSON, and a message carries at most ${contentChars}`,
      };
    replica.serviceState = freeze(state);
    return { type: 'result', result: freeze(result), problem: '' };
  } catch (error) {
    return { type: 'failed', problem: textOf(error) };
  }
}

function notJson(result: Json): string {
  return unkept(result, 'result', undefined, maxDepth) ?? 'result is no plain JSON value';
}

/** The text of what a service has thrown. */
function textOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}`
    : `it threw a value of type ${typeof error}`;
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
  replyIfPrimary(context, answerOf(replica, request, { type: 'result', result: opNumber }));
}

/**
 * Ends a session that its client needs no more: the line is free for another client. A later request of the session is
 * turned away, as after an eviction. A session that has ended before, by this or by an eviction, counts as ended now.
 */
function endSession(context: StepContext, opNumber: number, request: Entry): void {
  const { replica } = context;
  replica.commitNumber = opNumber;
  replica.clientTable = withoutSession(replica.clientTable.asMutable(), request);
  context.outputs.push({ type: 'ended', opNumber, request });
  replyIfPrimary(context, answerOf(replica, request, { type: 'result', result: null }));
}

/** What tells a client how its request ended. */
export function answerOf(
  { viewNumber }: Replica,
  { clientId, requestNumber }: Request,
  outcome: Outcome,
): ClientMessage {
  return outcome.type === 'failed'
    ? { type: 'FAILED', viewNumber, clientId, requestNumber }
    : { type: 'REPLY', viewNumber, clientId, requestNumber, result: outcome.result };
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
 *
 * A service whose state cannot be put in parts keeps its log instead, until a later state can be.
 */
function takeCheckpoint(context: StepContext): void {
  const { replica } = context;
  const last = replica.checkpoints.at(-1);
  const state = stateParts(replica);
  if (typeof state === 'string') {
    const opNumber = replica.commitNumber;
    return alarm(context, { code: 'checkpoint-not-taken', opNumber, problem: state });
  }
  const checkpoint = currentCheckpoint(replica, state);
  replica.checkpoints = last === undefined ? [checkpoint] : [last, checkpoint];
  replica.log = replica.log.compacted(last?.opNumber ?? 0);
  persistCheckpoint(context, checkpoint);
}

/** The executed state in parts, with their digests, or why the service cannot give it. */
function stateParts({ configuration: { service }, serviceState, checkpoints }: Replica): Tree | string {
  try {
    const parts = partsOf(service, serviceState);
    for (const [, leaf] of changesBetween(checkpoints.at(-1)?.state ?? Tree.empty(), parts))
      for (const [name, value] of leaf?.entries() ?? []) {
        const problem = unkept(value, `the part ${JSON.stringify(name)}`);
        if (problem !== undefined) return problem;
      }
    return parts;
  } catch (error) {
    return textOf(error);
  }
}

/** The parts of the executed state, to compare with another checkpoint. None if the service cannot give its state. */
export function currentParts(replica: Replica): Pick<Checkpoint, 'table' | 'state'> {
  const state = stateParts(replica);
  return currentCheckpoint(replica, typeof state === 'string' ? Tree.empty() : state);
}

/** A checkpoint of the executed entries, with this state. The client-table is copied only where it changes later. */
function currentCheckpoint(replica: Replica, state: Tree): Checkpoint {
  const { commitNumber: opNumber, log, clientTable } = replica;
  // The log itself would be kept with the checkpoint, and all that it has dropped.
  const { lastTime: time, checksum } = log.prefix(opNumber);
  return {
    opNumber,
    time,
    checksum,
    state,
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
