import { questionAt } from '../../tree/exchange.ts';
import type { Checkpoint } from '../data/checkpoint.ts';
import { primaryOf } from '../data/configuration.ts';
import type { Exchanged } from '../data/messages.ts';
import type { CheckpointTransfer, LogTransfer, Replica } from '../data/replica.ts';
import { arm, disarm, drop, type StepContext, send } from './effects.ts';

/** Entries of the present view are missing: they are fetched, and the status stays normal meanwhile (VRR §5.2). */
export function fetchMissing(context: StepContext): void {
  const { replica } = context;
  if (replica.transfer !== undefined) return drop(context, 'already-fetching');
  beginTransfer(context, replica.viewNumber);
}

/**
 * A later view has started without this replica (VRR §5.2).
 * Repair (VRR §5.2): the log, the view and the last normal view stay untouched until that view's log is here. Dropping
 * the log's end and adopting the view first would let a short log win the next view change.
 */
export function transferTo(context: StepContext, viewNumber: number): void {
  const { replica } = context;
  const wanted = replica.transfer?.viewNumber ?? 0;
  if (viewNumber < wanted) return drop(context, 'already-fetching-later-view');
  if (viewNumber > wanted) replica.viewChanges = 0;
  // Its primary is alive, so there is no need to call for another view while the log is on its way.
  arm(context, 'suspect');
  if (viewNumber === wanted) return drop(context, 'already-fetching-view');
  replica.status = 'state-transfer';
  disarm(context, 'heartbeat');
  beginTransfer(context, viewNumber);
}

/** Fetches the log of a view from a replica that has it, on behalf of a view change or a recovery. */
export function fetchLog(context: StepContext, viewNumber: number, asked: number): void {
  const { replica } = context;
  if (replica.transfer?.viewNumber !== viewNumber) return beginTransfer(context, viewNumber, asked);
  replica.transfer = { ...replica.transfer, asked };
  sendGetState(context, replica.transfer);
}

function beginTransfer(
  context: StepContext,
  viewNumber: number,
  asked = primaryOf(context.replica.configuration, viewNumber),
): void {
  const { replica } = context;
  replica.transfer = { viewNumber, asked, log: replica.log.prefix(sharedWith(replica, viewNumber)) };
  replica.retransmissions = 0;
  sendGetState(context, replica.transfer);
}

/** How many entries the replica's log is sure to share with the log of a view: of another one it may end in wrong ones. */
export function sharedWith({ log, commitNumber, lastNormalView }: Replica, viewNumber: number): number {
  return viewNumber === lastNormalView ? log.length : commitNumber;
}

/** ⟨GETSTATE v, n′, i⟩, VRR §5.2. */
export function sendGetState(context: StepContext, { viewNumber, asked, log }: LogTransfer): void {
  const { replica } = context;
  const { replicaNumber } = replica;
  const opNumber = replica.status === 'normal' ? replica.log.length : log.length;
  send(context, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });
  arm(context, 'resend');
}

/** ⟨GETCHECKPOINT v, n, p, q, i⟩ about as many places as there is room for. */
export function sendGetCheckpoint(
  context: StepContext,
  transfer: LogTransfer,
  fetching: CheckpointTransfer,
): void {
  const { replica } = context;
  const { part, opNumber } = fetching;
  // Where every difference was made good, and they differ all the same, what is here is of two checkpoints.
  const paths = fetching.paths.length === 0 ? [''] : fetching.paths;
  replica.checkpointTransfer = { ...fetching, paths };
  const questions = paths.slice(0, questionsIn(replica)).map((path) => questionAt(fetching[part], path));
  const { viewNumber, asked } = transfer;
  const { replicaNumber } = replica;
  const message = { type: 'GETCHECKPOINT', viewNumber, opNumber, part, questions, replicaNumber } as const;
  send(context, asked, message, 'view');
  arm(context, 'resend');
}

/** How many questions have room in a message, with their digests; but not more than anybody answers. */
export function questionsIn({ configuration }: Replica): number {
  return Math.min(Math.max(Math.floor(configuration.maxChars / charactersOfQuestion), 1), 1024);
}

const charactersOfQuestion = 400;

/** What was fetched, once all of it is here. */
export function checkpointOf({ opNumber, time, state, table }: CheckpointTransfer): Checkpoint {
  return { opNumber, time, state, table };
}

/** Says which checkpoint can be had here, and what is different in it where that was asked. */
export function sendCheckpoint(
  context: StepContext,
  to: number,
  viewNumber: number,
  { opNumber, time, state, table }: Checkpoint,
  exchanged: Exchanged | null = null,
): void {
  const digests = { state: state.digest, table: table.digest };
  // What was executed is committed, so that it need not be durable here.
  send(context, to, { type: 'CHECKPOINT', viewNumber, opNumber, time, digests, exchanged }, 'view');
}
