import type { Checkpoint } from '../data/checkpoint.ts';
import { primaryOf } from '../data/configuration.ts';
import type { Log } from '../data/log.ts';
import type { ClientMessage, Message } from '../data/messages.ts';
import { backedOff, delays, type Output, type Timer } from '../data/outputs.ts';
import type { AlarmReason, DropReason, RejectReason } from '../data/reasons.ts';
import type { HeldMessage, Replica } from '../data/replica.ts';
import type { StorageRecord } from '../data/storage.ts';

/** One step of a replica: what it changes, and what it brings about. `step` makes one, and all that it calls shares it. */
export interface StepContext {
  readonly replica: Replica;
  /** What is asked of the world, in this order. */
  readonly outputs: Output[];
  /** The messages that the replica sends to itself. They are handled before the step ends. */
  readonly toItself: Message[];
  /** Whether the message being handled is one of those: its sender needs no word of a drop. */
  fromItself: boolean;
}

/** A message may leave at once, or only when the view it speaks for, or all that was written, is durable. */
type Dependence = 'view' | 'everything';

/**
 * Sends a message, to itself too. Unless told otherwise it waits until everything written so far is durable
 * (VRR §4.1–4.3 with stable storage): what a message says must not be forgotten by a crash.
 */
export function send(
  context: StepContext,
  to: number,
  message: Message,
  on: Dependence = 'everything',
): void {
  sendWhenDurable(context, { type: 'send', to, message }, on);
}

/** Sends a message to all other replicas. */
export function broadcast(context: StepContext, message: Message, on: Dependence = 'everything'): void {
  const { replica } = context;
  for (let to = 0; to < replica.configuration.size; to++) {
    if (to !== replica.replicaNumber) send(context, to, message, on);
  }
}

/** Sends a message to the primary of the present view, which may be the sender. */
export function sendToPrimary(context: StepContext, message: Message): void {
  const { replica } = context;
  send(context, primaryOf(replica.configuration, replica.viewNumber), message);
}

/** Answers a client. What was executed is committed, so only the view that the reply names need be durable. */
export function reply(context: StepContext, message: ClientMessage): void {
  sendWhenDurable(context, { type: 'reply', message }, 'view');
}

function sendWhenDurable(context: StepContext, output: HeldMessage['output'], on: Dependence): void {
  const { replica } = context;
  // A diskless replica promises nothing but its view.
  const onView = on === 'view' || replica.configuration.mode === 'diskless';
  const after = onView ? replica.viewWrite : replica.issuedWrite;
  if (after > replica.durableWrite) replica.held.push({ after, output });
  else emit(context, output);
}

function emit(context: StepContext, output: HeldMessage['output']): void {
  if (output.type === 'send' && output.to === context.replica.replicaNumber)
    context.toItself.push(output.message);
  else context.outputs.push(output);
}

/** A write has become durable, and with it all earlier ones: what waited for them leaves, in the order it was sent. */
export function onDurable(context: StepContext, write: number): void {
  const { replica } = context;
  if (!Number.isSafeInteger(write) || write > replica.issuedWrite) {
    return reject(context, { code: 'never-issued', write });
  }
  if (write <= replica.durableWrite) return drop(context, 'already-durable');
  replica.durableWrite = write;
  const { held } = replica;
  replica.held = held.filter(({ after }) => after > write);
  for (const { after, output } of held) {
    if (after <= write && !isOutdated(replica, output)) emit(context, output);
  }
}

/** What was to be acknowledged in an earlier view may no longer be in the log by the time the acknowledgement may leave. */
function isOutdated({ viewNumber }: Replica, output: HeldMessage['output']): boolean {
  return (
    output.type === 'send' && output.message.type === 'PREPAREOK' && output.message.viewNumber < viewNumber
  );
}

/** Writes the log's entries after `after`, in place of whatever followed there. Diskless replicas write no log. */
export function persistLog(context: StepContext, after: number): void {
  const { replica } = context;
  if (replica.configuration.mode === 'diskless') return;
  write(context, [{ type: 'entries', suffix: replica.log.suffix(after) }]);
}

/** Writes a checkpoint, and drops the entries that the log has dropped. */
export function persistCheckpoint(context: StepContext, checkpoint: Checkpoint): void {
  write(context, [{ type: 'checkpoint', checkpoint, base: context.replica.log.base }]);
}

/**
 * Writes the view, and if `log` is about to replace the present one, all in it that was not executed yet, with the
 * checkpoint that stands for what is gone: they become durable together, for a log without its last normal view would
 * win or lose view changes that it should not.
 */
export function persistView(context: StepContext, log?: Log, checkpoint?: Checkpoint): void {
  const { replica } = context;
  const records: StorageRecord[] = [];
  if (checkpoint !== undefined) records.push({ type: 'checkpoint', checkpoint, base: checkpoint.opNumber });
  if (log !== undefined && replica.configuration.mode === 'durable')
    records.push({ type: 'entries', suffix: log.suffix(Math.max(replica.commitNumber, log.base)) });
  write(context, records);
  replica.viewWrite = replica.issuedWrite;
}

function write(context: StepContext, records: readonly StorageRecord[]): void {
  const { replica } = context;
  const { viewNumber, configuration } = replica;
  const durable = configuration.mode === 'durable';
  const lastNormalView = durable ? replica.lastNormalView : 0;
  const commitNumber = durable ? replica.commitNumber : 0;
  replica.issuedWrite++;
  context.outputs.push({
    type: 'write',
    write: replica.issuedWrite,
    records: [
      ...records,
      { type: 'viewRecord', viewNumber, lastNormalView, commitNumber },
      { type: 'end', write: replica.issuedWrite },
    ],
  });
}

/** Starts the timer anew, later after each vain repetition (VRR §4.2: backoff). */
export function arm(context: StepContext, timer: Timer): void {
  const { replica } = context;
  const repetitions = { heartbeat: 0, resend: replica.retransmissions, suspect: replica.viewChanges }[timer];
  context.outputs.push({ type: 'timer', timer, delay: backedOff(delays[timer], repetitions) });
}

/** Stops the timer. */
export function disarm(context: StepContext, timer: Timer): void {
  context.outputs.push({ type: 'timer', timer, delay: 0 });
}

/** Nothing changes: the input is out of date, or no business of this replica. */
export function drop(context: StepContext, reason: DropReason): void {
  if (!context.fromItself) context.outputs.push({ type: 'dropped', reason });
}

/** Nothing changes: no correct sender can have sent this. */
export function reject(context: StepContext, reason: RejectReason): void {
  if (!context.fromItself) context.outputs.push({ type: 'rejected', reason });
}

/** An operator must know. */
export function alarm(context: StepContext, reason: AlarmReason): void {
  context.outputs.push({ type: 'alarm', reason });
}
