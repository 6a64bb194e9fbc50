import { stateOf } from '../../service/parts.ts';
import { answerTo, type LeafPiece, leafEntries, patched, pathsAfter } from '../../tree/exchange.ts';
import { Log } from '../data/log.ts';
import type { CheckpointMessage, Exchanged, GetCheckpoint } from '../data/messages.ts';
import type { CheckpointTransfer, LogTransfer, Replica } from '../data/replica.ts';
import { alarm, drop, persistCheckpoint, type StepContext } from '../transitions/effects.ts';
import { currentParts, installCheckpoint, rebuildPending } from '../transitions/execution.ts';
import { rejectLog } from '../transitions/joining.ts';
import {
  changed,
  checkpointOf,
  maxQuestions,
  sendCheckpoint,
  sendGetCheckpoint,
  sendGetState,
  withoutFetched,
} from '../transitions/transfer.ts';
import { areTreeEntries } from '../validation/checkpoint.ts';

/**
 * ⟨GETCHECKPOINT v, n, p, q, o, i⟩, VRR §5.1 (which names no message). Answers with the differences between the two
 * replicas' trees. It keeps no state about who fetches, so any other replica in view v with the same checkpoint can
 * give the next answer. A replica that has replaced the checkpoint offers its latest one instead.
 */
export function onGetCheckpoint(context: StepContext, message: GetCheckpoint): void {
  const { replica } = context;
  const { viewNumber, opNumber, part, questions, from, replicaNumber } = message;
  // A checkpoint taken in a later view may contain entries that the log of view v does not.
  if (replica.lastNormalView !== viewNumber) return drop(context, 'log-of-another-view');
  const latest = replica.checkpoints.at(-1);
  const checkpoint = replica.checkpoints.find((held) => held.opNumber === opNumber);
  if (checkpoint === undefined) {
    if (latest === undefined || latest.opNumber < opNumber) return drop(context, 'checkpoint-not-taken');
    return sendCheckpoint(context, replicaNumber, viewNumber, latest);
  }
  const answer = answerTo(questions, checkpoint[part], replica.configuration, from);
  const paths = questions.map(({ path }) => path);
  sendCheckpoint(context, replicaNumber, viewNumber, checkpoint, { part, paths, answer });
}

/**
 * ⟨CHECKPOINT v, n, t, c, d, a, i⟩, VRR §5.1: the offer of a checkpoint, or the differences that this replica asked for.
 */
export function onCheckpoint(context: StepContext, message: CheckpointMessage): void {
  const { replica } = context;
  const { transfer, checkpointTransfer: fetching } = replica;
  if (message.viewNumber !== transfer?.viewNumber) return drop(context, 'state-not-asked-for');
  if (message.opNumber <= replica.commitNumber) return drop(context, 'already-executed');
  // Entries that arrived meanwhile may reach further than the checkpoint.
  if (replica.status === 'normal' && replica.log.differsAt(message.opNumber, message.checksum))
    return rejectLog(context, message.opNumber, message.replicaNumber);
  if (message.exchanged === null) return onOffer(context, transfer, message);
  if (fetching === undefined || !isSame(fetching, message) || !isAsked(replica, fetching, message.exchanged))
    return drop(context, 'question-not-asked');
  const { part, paths, answer } = message.exchanged;
  const sender = message.replicaNumber;
  if (answer.piece !== undefined) return onPiece(context, transfer, fetching, answer.piece, sender);
  let tree = fetching[part];
  for (const [index, difference] of answer.differences.entries())
    tree = patched(tree, paths[index] ?? '', difference);
  const left = [...pathsAfter(paths, answer), ...fetching.paths.slice(paths.length)];
  fetchNext(context, transfer, { ...fetching, [part]: tree, paths: left, piece: undefined }, sender);
}

/** A piece of a leaf that is too large for a message. The whole leaf takes the place of what this replica has there. */
function onPiece(
  context: StepContext,
  transfer: LogTransfer,
  fetching: CheckpointTransfer,
  piece: LeafPiece,
  sender: number,
): void {
  const before = fetching.piece;
  const isNext =
    piece.from === (before?.text.length ?? 0) &&
    (before === undefined ||
      (piece.path === before.path && piece.way === before.way && piece.length === before.length));
  // Another leaf, or the same one from its beginning.
  if (!isNext && piece.from > 0) return drop(context, 'question-not-asked');
  const whole = { ...piece, from: 0, text: isNext ? `${before?.text ?? ''}${piece.text}` : piece.text };
  if (whole.text.length < piece.length)
    return fetchNext(context, transfer, { ...fetching, piece: whole }, sender);
  const { part } = fetching;
  const entries = leafEntries(whole.text);
  if (!areTreeEntries(entries, part))
    return fetchNext(context, transfer, { ...fetching, piece: undefined }, sender);
  const tree = patched(fetching[part], piece.path, [[piece.way, entries]]);
  fetchNext(context, transfer, { ...fetching, [part]: tree, piece: undefined }, sender);
}

/**
 * Starts to fetch the offered checkpoint, or continues if it is the same one. It starts from the parts that this
 * replica already holds.
 */
function onOffer(context: StepContext, transfer: LogTransfer, message: CheckpointMessage): void {
  const { replica } = context;
  const { checkpointTransfer: fetching } = replica;
  if (fetching !== undefined && isSame(fetching, message))
    return fetchNext(context, transfer, fetching, message.replicaNumber);
  const { opNumber, time, checksum, digests } = message;
  const { table, state } = fetching ?? currentParts(replica);
  const anew: CheckpointTransfer = {
    ...{ opNumber, time, checksum, digests, table, state },
    ...{ part: 'table', paths: [''] },
  };
  // The log fetched so far follows another checkpoint.
  fetchNext(context, withoutFetched(replica, transfer), anew, message.replicaNumber);
}

function isSame(
  fetching: CheckpointTransfer,
  { opNumber, time, checksum, digests }: CheckpointMessage,
): boolean {
  return (
    fetching.opNumber === opNumber &&
    fetching.time === time &&
    fetching.checksum === checksum &&
    fetching.digests.table === digests.table &&
    fetching.digests.state === digests.state
  );
}

function isAsked(replica: Replica, fetching: CheckpointTransfer, { part, paths }: Exchanged): boolean {
  const asked = fetching.paths.slice(0, maxQuestions(replica));
  return (
    part === fetching.part &&
    asked.length === paths.length &&
    asked.every((path, index) => path === paths[index])
  );
}

/** Asks for the next differences. A part is complete when its digest is the offered one. */
function fetchNext(
  context: StepContext,
  transfer: LogTransfer,
  fetching: CheckpointTransfer,
  sender: number,
): void {
  const { replica } = context;
  const { part, digests } = fetching;
  replica.transfer = transfer;
  replica.checkpointTransfer = fetching;
  if (fetching[part].digest !== digests[part]) return sendGetCheckpoint(context, transfer, fetching);
  if (part === 'table')
    return fetchNext(
      context,
      transfer,
      { ...fetching, part: 'state', paths: [''], piece: undefined },
      sender,
    );
  completeTransfer(context, transfer, fetching, sender);
}

/**
 * All of the checkpoint has arrived. A normal replica installs it at once. Any other replica installs it together
 * with the log of the view that it fetches: a checkpoint alone changes no view (repair of VRR §5.2, §5.1).
 */
function completeTransfer(
  context: StepContext,
  transfer: LogTransfer,
  fetching: CheckpointTransfer,
  sender: number,
): void {
  const { replica } = context;
  if (!isRestorable(replica, fetching)) {
    replica.checkpointTransfer = undefined;
    return alarm(context, { code: 'checkpoint-not-restorable', opNumber: fetching.opNumber });
  }
  if (replica.status !== 'normal') {
    replica.transfer = changed(transfer, { log: Log.after(fetching.opNumber, fetching), from: sender });
    return sendGetState(context, replica.transfer);
  }
  replica.checkpointTransfer = undefined;
  // Entries that arrived meanwhile may reach further than the checkpoint.
  if (fetching.opNumber > replica.log.length) {
    const checkpoint = checkpointOf(fetching);
    installCheckpoint(context, checkpoint);
    replica.log = Log.after(checkpoint.opNumber, checkpoint);
    rebuildPending(replica);
    persistCheckpoint(context, checkpoint);
  }
  sendGetState(context, transfer);
}

function isRestorable({ configuration }: Replica, { state }: CheckpointTransfer): boolean {
  try {
    stateOf(configuration.service, state);
    return true;
  } catch {
    return false;
  }
}
