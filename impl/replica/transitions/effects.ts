import type { Checkpoint } from '../data/checkpoint.ts';
import { primaryOf } from '../data/configuration.ts';
import type { Log } from '../data/log.ts';
import type { ClientMessage, Message } from '../data/messages.ts';
import { backedOff, delays, type Output, type Timer } from '../data/outputs.ts';
import type { Held, Replica } from '../data/replica.ts';
import type { StorageRecord } from '../data/storage.ts';

/** What one step brings about: its outputs, and the messages that the replica sends to itself. */
export interface Effects {
  readonly outputs: Output[];
  readonly toItself: Message[];
  /** Whether what is being handled came from the replica itself: nobody else need know what becomes of that. */
  fromItself: boolean;
}

/** A message may leave at once, or only when the view it speaks for, or all that was written, is durable. */
type Dependence = 'view' | 'everything';

/**
 * Sends a message, to itself too. Unless told otherwise it waits until everything written so far is durable
 * (VRR §4.1–4.3 with stable storage): what a message says must not be forgotten by a crash.
 */
export function send(
  replica: Replica,
  effects: Effects,
  to: number,
  message: Message,
  on: Dependence = 'everything',
): void {
  release(replica, effects, { type: 'send', to, message }, on);
}

/** Sends a message to all other replicas. */
export function broadcast(
  replica: Replica,
  effects: Effects,
  message: Message,
  on: Dependence = 'everything',
): void {
  for (let to = 0; to < replica.configuration.size; to++) {
    if (to !== replica.replicaNumber) send(replica, effects, to, message, on);
  }
}

/** Sends a message to the primary of the present view, which may be the sender. */
export function sendToPrimary(replica: Replica, effects: Effects, message: Message): void {
  send(replica, effects, primaryOf(replica.configuration, replica.viewNumber), message);
}

/** Answers a client. What was executed is committed, so only the view that the reply names need be durable. */
export function reply(replica: Replica, effects: Effects, message: ClientMessage): void {
  release(replica, effects, { type: 'reply', message }, 'view');
}

function release(replica: Replica, effects: Effects, output: Held['output'], on: Dependence): void {
  // A diskless replica promises nothing but its view.
  const onView = on === 'view' || replica.configuration.mode === 'diskless';
  const after = onView ? replica.viewWrite : replica.issuedWrite;
  if (after > replica.durableWrite) replica.held.push({ after, output });
  else emit(replica, effects, output);
}

function emit(replica: Replica, effects: Effects, output: Held['output']): void {
  if (output.type === 'send' && output.to === replica.replicaNumber) effects.toItself.push(output.message);
  else effects.outputs.push(output);
}

/** A write has become durable, and with it all earlier ones: what waited for them leaves, in the order it was sent. */
export function onDurable(replica: Replica, effects: Effects, write: number): void {
  if (!Number.isSafeInteger(write) || write > replica.issuedWrite) {
    return refuse(effects, `write ${write} was never issued`);
  }
  if (write <= replica.durableWrite) return drop(effects, 'that write is known to be durable');
  replica.durableWrite = write;
  const { held } = replica;
  replica.held = held.filter(({ after }) => after > write);
  for (const { after, output } of held) {
    if (after <= write && !isOutdated(replica, output)) emit(replica, effects, output);
  }
}

/** What was to be acknowledged in an earlier view may no longer be in the log by the time the acknowledgement may leave. */
function isOutdated({ viewNumber }: Replica, output: Held['output']): boolean {
  return (
    output.type === 'send' && output.message.type === 'PREPAREOK' && output.message.viewNumber < viewNumber
  );
}

/** Writes the log's entries after `after`, in place of whatever followed there. Diskless replicas write no log. */
export function persistLog(replica: Replica, effects: Effects, after: number): void {
  if (replica.configuration.mode === 'diskless') return;
  write(replica, effects, [{ type: 'entries', suffix: replica.log.suffix(after) }]);
}

/** Writes a checkpoint, and drops the entries that the log has dropped. */
export function persistCheckpoint(replica: Replica, effects: Effects, checkpoint: Checkpoint): void {
  write(replica, effects, [{ type: 'checkpoint', checkpoint, base: replica.log.base }]);
}

/**
 * Writes the view, and if `log` is about to replace the present one, all in it that was not executed yet, with the
 * checkpoint that stands for what is gone: they become durable together, for a log without its last normal view would
 * win or lose view changes that it should not.
 */
export function persistView(replica: Replica, effects: Effects, log?: Log, checkpoint?: Checkpoint): void {
  const records: StorageRecord[] = [];
  if (checkpoint !== undefined) records.push({ type: 'checkpoint', checkpoint, base: checkpoint.opNumber });
  if (log !== undefined && replica.configuration.mode === 'durable')
    records.push({ type: 'entries', suffix: log.suffix(Math.max(replica.commitNumber, log.base)) });
  write(replica, effects, records);
  replica.viewWrite = replica.issuedWrite;
}

function write(replica: Replica, effects: Effects, records: readonly StorageRecord[]): void {
  const { viewNumber, configuration } = replica;
  const durable = configuration.mode === 'durable';
  const lastNormalView = durable ? replica.lastNormalView : 0;
  const commitNumber = durable ? replica.commitNumber : 0;
  replica.issuedWrite++;
  effects.outputs.push({
    type: 'write',
    write: replica.issuedWrite,
    records: [
      ...records,
      { type: 'promise', viewNumber, lastNormalView, commitNumber },
      { type: 'end', write: replica.issuedWrite },
    ],
  });
}

/** Starts the timer anew, later after each vain repetition (VRR §4.2: backoff). */
export function arm(replica: Replica, effects: Effects, timer: Timer): void {
  const repetitions = { heartbeat: 0, resend: replica.retransmissions, suspect: replica.viewChanges }[timer];
  effects.outputs.push({ type: 'timer', timer, delay: backedOff(delays[timer], repetitions) });
}

/** Stops the timer. */
export function disarm(effects: Effects, timer: Timer): void {
  effects.outputs.push({ type: 'timer', timer, delay: 0 });
}

/** Nothing changes: the input is out of date, or no business of this replica. */
export function drop(effects: Effects, reason: string): void {
  if (!effects.fromItself) effects.outputs.push({ type: 'dropped', reason });
}

/** Nothing changes: no correct sender can have sent this. */
export function refuse(effects: Effects, reason: string): void {
  if (!effects.fromItself) effects.outputs.push({ type: 'refused', reason });
}
