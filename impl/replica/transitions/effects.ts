import type { Predicted } from '../../service/service.ts';
import type { Checkpoint, Halt } from '../data/checkpoint.ts';
import { primaryOf } from '../data/configuration.ts';
import type { Log } from '../data/log.ts';
import type { Membership } from '../data/membership.ts';
import type { ClientMessage, Message } from '../data/messages.ts';
import { backedOff, delays, type Output, type Timer } from '../data/outputs.ts';
import type { AlarmReason, DropReason, RejectReason } from '../data/reasons.ts';
import type { HeldMessage, Replica } from '../data/replica.ts';
import type { StorageRecord } from '../data/storage.ts';

/**
 * The context of one step: the replica that it changes, and its effects. `step` creates it, and every function below
 * shares it.
 */
export interface StepContext {
  readonly replica: Replica;
  /** The clock and a random number; zeros if they were not read. */
  readonly reading: Predicted;
  /** What the environment must do, in this order. */
  readonly outputs: Output[];
  /** Messages from the replica to itself. They are handled before the step ends. */
  readonly toItself: Message[];
  /** Whether the message being handled is one of those. Its drop or rejection is not reported. */
  fromItself: boolean;
}

/** What must be durable before a message leaves: the view that it names, or every write issued so far. */
type Dependence = 'view' | 'everything';

/**
 * Sends a message, possibly to itself. By default it waits until every write issued so far is durable, because a
 * crash must not undo what a message says (VRR §4.1–4.3, with stable storage).
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

/** Sends a message to the primary of the current view, which may be this replica. */
export function sendToPrimary(context: StepContext, message: Message): void {
  const { replica } = context;
  send(context, primaryOf(replica.configuration, replica.viewNumber), message);
}

/** Answers a client. Executed requests are committed, so only the view in the reply must be durable. */
export function reply(context: StepContext, message: ClientMessage): void {
  sendWhenDurable(context, { type: 'reply', message }, 'view');
}

function sendWhenDurable(context: StepContext, output: HeldMessage['output'], on: Dependence): void {
  const { replica } = context;
  // Other replicas rely on nothing in a diskless replica's storage except its view.
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

/**
 * Input `durable`: sends the held messages that waited for this write or an earlier one, in the order in which they
 * were sent.
 */
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

/** Whether it acknowledges an earlier view, whose entries may no longer be in the log. */
function isOutdated({ viewNumber }: Replica, output: HeldMessage['output']): boolean {
  return (
    output.type === 'send' && output.message.type === 'PREPAREOK' && output.message.viewNumber < viewNumber
  );
}

/** Writes the entries after `after`, in place of those stored there. A diskless replica stores no log. */
export function persistLog(context: StepContext, after: number): void {
  const { replica } = context;
  if (replica.configuration.mode === 'diskless') return;
  write(context, [{ type: 'entries', suffix: replica.log.suffix(after) }]);
}

/** Writes a checkpoint, and removes the entries that the log has dropped. */
export function persistCheckpoint(context: StepContext, checkpoint: Checkpoint): void {
  write(context, [{ type: 'checkpoint', checkpoint, base: context.replica.log.base }]);
}

/**
 * Writes the view. If `log` is about to replace the current one, it writes the entries of that log that are not
 * executed, and the checkpoint at which it begins. All of it becomes durable in one write: a log stored without its
 * last normal view would win or lose view changes that it should not. `membership`: what it writes of the members.
 */
export function persistView(
  context: StepContext,
  log?: Log,
  checkpoint?: Checkpoint,
  membership?: Membership,
): void {
  const { replica } = context;
  const records: StorageRecord[] = [];
  if (membership !== undefined) records.push({ type: 'membership', membership });
  if (checkpoint !== undefined) records.push({ type: 'checkpoint', checkpoint, base: checkpoint.opNumber });
  if (log !== undefined && replica.configuration.mode === 'durable')
    records.push({ type: 'entries', suffix: log.suffix(Math.max(replica.commitNumber, log.base)) });
  write(context, records);
  replica.viewWrite = replica.issuedWrite;
}

/** Writes that this replica has stopped for good. */
export function persistHalt(context: StepContext, halted: Halt): void {
  write(context, [{ type: 'halt', halted }]);
}

/** Writes what the replica knows of the members of its group. */
export function persistMembership(context: StepContext): void {
  persistView(context, undefined, undefined, context.replica.membership);
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

/** Starts the timer anew, with backoff (VRR §4.2). */
export function arm(context: StepContext, timer: Timer): void {
  const { replica } = context;
  const repetitions = { heartbeat: 0, resend: replica.retransmissions, suspect: replica.viewChanges }[timer];
  context.outputs.push({ type: 'timer', timer, delay: backedOff(delays[timer], repetitions) });
}

/** Stops the timer. */
export function disarm(context: StepContext, timer: Timer): void {
  context.outputs.push({ type: 'timer', timer, delay: 0 });
}

/** Reports that the input was outdated, or not for this replica. The caller has changed nothing. */
export function drop(context: StepContext, reason: DropReason): void {
  if (!context.fromItself) context.outputs.push({ type: 'dropped', reason });
}

/** Reports that no correct sender can have sent the input. The caller has changed nothing. */
export function reject(context: StepContext, reason: RejectReason): void {
  if (!context.fromItself) context.outputs.push({ type: 'rejected', reason });
}

/** Reports to the operator what calls for action. */
export function alarm(context: StepContext, reason: AlarmReason): void {
  context.outputs.push({ type: 'alarm', reason });
}
