import { questionAt } from '../../tree/exchange.ts';
import type { Checkpoint } from '../data/checkpoint.ts';
import { primaryOf } from '../data/configuration.ts';
import type { Log, LogSuffix } from '../data/log.ts';
import type { CheckpointMessage, Commit, Exchanged, Prepare, StartView } from '../data/messages.ts';
import type { CheckpointTransfer, LogTransfer, Replica } from '../data/replica.ts';
import { noReplicas } from '../data/replicaSet.ts';
import { arm, disarm, drop, type StepContext, send } from './effects.ts';

/** Fetches entries of the current view. The status stays normal meanwhile (VRR §5.2). */
export function fetchMissing(context: StepContext): void {
  const { replica } = context;
  const { transfer, viewNumber, configuration } = replica;
  if (transfer === undefined) beginTransfer(context, viewNumber, primaryOf(configuration, viewNumber));
}

/**
 * Fetches the log of a later view that started without this replica (VRR §5.2).
 *
 * Repair (VRR §5.2): the log, the view and the last normal view do not change until that log has arrived. Dropping
 * the end of the log and adopting the view first would let a short log win the next view change.
 */
export function transferTo(context: StepContext, { viewNumber, suffix }: StartView | Prepare | Commit): void {
  const { replica } = context;
  const wanted = replica.transfer?.viewNumber ?? 0;
  if (viewNumber < wanted) return drop(context, 'already-fetching-later-view');
  // The primary of that view is alive, so this replica need not call for another view while it waits for the log.
  arm(context, 'suspect');
  if (viewNumber === wanted) return drop(context, 'already-fetching-view');
  replica.status = 'state-transfer';
  disarm(context, 'heartbeat');
  beginTransfer(context, viewNumber, primaryOf(replica.configuration, viewNumber), suffix);
}

/**
 * Fetches the log of a view from a replica that holds it, for a view change or a recovery. `shown` is what the primary of that view has
 * shown of it, if it has.
 */
export function fetchLog(context: StepContext, viewNumber: number, asked: number, shown?: LogSuffix): void {
  const { replica } = context;
  if (replica.transfer?.viewNumber !== viewNumber) return beginTransfer(context, viewNumber, asked, shown);
  replica.transfer = changed(replica.transfer, { asked, shown });
  sendGetState(context, replica.transfer);
}

/** The transfer with this part of it changed. This literal gives all of them one hidden class, and a spread would not. */
export function changed(transfer: LogTransfer, part: Partial<LogTransfer>): LogTransfer {
  const { viewNumber, asked, silent, log, from, shown } = { ...transfer, ...part };
  return { viewNumber, asked, silent, log, from, shown };
}

/** The transfer with nothing of the log fetched: all of it is fetched anew. */
export function withoutFetched(replica: Replica, transfer: LogTransfer): LogTransfer {
  return changed(transfer, { log: sharedLog(replica, transfer.viewNumber), from: undefined });
}

function beginTransfer(context: StepContext, viewNumber: number, asked: number, shown?: LogSuffix): void {
  const { replica } = context;
  const silent = replica.transfer?.silent ?? noReplicas;
  const log = sharedLog(replica, viewNumber);
  replica.transfer = { viewNumber, asked, silent, log, from: undefined, shown };
  replica.retransmissions = 0;
  sendGetState(context, replica.transfer);
}

/**
 * The number of entries that the replica's log surely shares with the log of a view. Uncommitted entries of another
 * view may be wrong.
 */
export function sharedWith({ log, commitNumber, lastNormalView }: Replica, viewNumber: number): number {
  return viewNumber === lastNormalView ? log.length : commitNumber;
}

/** The beginning of the replica's log that it surely shares with the log of a view. */
function sharedLog(replica: Replica, viewNumber: number): Log {
  return replica.log.prefix(sharedWith(replica, viewNumber));
}

/** ⟨GETSTATE v, n′, i⟩, VRR §5.2. */
export function sendGetState(context: StepContext, { viewNumber, asked, log }: LogTransfer): void {
  const { replica } = context;
  const { replicaNumber } = replica;
  const opNumber = replica.status === 'normal' ? replica.log.length : log.length;
  send(context, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });
  arm(context, 'resend');
}

/** ⟨GETCHECKPOINT v, n, p, q, o, i⟩, VRR §5.1, with as many questions as fit in a message. */
export function sendGetCheckpoint(
  context: StepContext,
  transfer: LogTransfer,
  fetching: CheckpointTransfer,
): void {
  const { replica } = context;
  const { part, opNumber } = fetching;
  // No path is left, and the digests still differ: the tree holds parts of two checkpoints. It is compared from its root.
  const paths = fetching.paths.length === 0 ? [''] : fetching.paths;
  replica.checkpointTransfer = { ...fetching, paths };
  const questions = paths.slice(0, maxQuestions(replica)).map((path) => questionAt(fetching[part], path));
  const { viewNumber, asked } = transfer;
  const { replicaNumber } = replica;
  const from = fetching.piece?.text.length ?? 0;
  send(
    context,
    asked,
    { type: 'GETCHECKPOINT', viewNumber, opNumber, part, questions, from, replicaNumber },
    'view',
  );
  arm(context, 'resend');
}

/** The most questions, with their digests, that fit in a message. Receivers accept 4,096. */
export function maxQuestions({ configuration }: Replica): number {
  return Math.min(Math.max(Math.floor(configuration.maxChars / charsPerQuestion), 1), 1024);
}

/** About the characters of JSON in a question. */
const charsPerQuestion = 400;

/** The checkpoint that was fetched, once it is complete. */
export function checkpointOf({ opNumber, time, checksum, state, table }: CheckpointTransfer): Checkpoint {
  return { opNumber, time, checksum, state, table };
}

/** ⟨CHECKPOINT v, n, t, c, d, a, i⟩, VRR §5.1: offers a checkpoint, or sends the differences that were asked for. */
export function sendCheckpoint(
  context: StepContext,
  to: number,
  viewNumber: number,
  { opNumber, time, checksum, state, table }: Checkpoint,
  exchanged: Exchanged | null = null,
): void {
  const { replicaNumber } = context.replica;
  const digests = { state: state.digest, table: table.digest };
  // A checkpoint holds committed entries only, so it need not be durable here.
  const offer: CheckpointMessage = {
    type: 'CHECKPOINT',
    viewNumber,
    opNumber,
    time,
    checksum,
    digests,
    exchanged,
    replicaNumber,
  };
  send(context, to, offer, 'view');
}
