import type { Predicted } from '../service/service.ts';
import { foundedAtOnce } from './data/membership.ts';
import type { Message } from './data/messages.ts';
import type { Output, Timer } from './data/outputs.ts';
import { isPrimary, type Replica } from './data/replica.ts';
import type { Stored } from './data/storage.ts';
import { onCheckpoint, onGetCheckpoint } from './handlers/checkpointTransfer.ts';
import {
  onCommit,
  onCommitOk,
  onHeartbeat,
  onPrepare,
  onPrepareOk,
  onRequest,
  resendPrepare,
} from './handlers/normal.ts';
import {
  onFounded,
  onRecovering,
  onRecovery,
  onRecoveryResponse,
  onRestart,
  resendRecovery,
} from './handlers/recovery.ts';
import { onGetState, onNewState, resendGetState } from './handlers/stateTransfer.ts';
import {
  onDoViewChange,
  onStartView,
  onStartViewChange,
  onSuspect,
  resendViewChange,
} from './handlers/viewChange.ts';
import { arm, drop, onDurable, reject, type StepContext } from './transitions/effects.ts';
import { validatePredicted } from './validation/entry.ts';
import { validateMessage } from './validation/message.ts';

/** Everything that can happen to a replica. */
export type Input =
  /**
   * The first input of a replica whose whole group starts at once, and never ran before. Any other replica gets
   * `restart`, even with empty storage.
   */
  | { readonly type: 'start' }
  /**
   * The first input of any other start, given to a new replica object. No two of them at one replica have the same
   * incarnation. No two storages have the same name, which a storage keeps, unless its contents are lost.
   */
  | {
      readonly type: 'restart';
      readonly stored: Stored;
      readonly incarnation: number;
      readonly name: string;
    }
  /**
   * `reading`: the replica's clock and a random number. A REQUEST that it may order needs both, and a message that it
   * acknowledges, or an acknowledgement, the clock. Without it, the clock counts as showing 0.
   */
  | { readonly type: 'message'; readonly message: Message; readonly reading?: Predicted }
  | { readonly type: 'timer'; readonly timer: Timer }
  /** This write and all earlier ones are on stable storage. */
  | { readonly type: 'durable'; readonly write: number };

/**
 * One deterministic step: changes the replica in place and returns what the environment must do, in this order.
 *
 * A message that no correct sender can have sent is rejected. An input that is outdated, or not for this replica, is
 * dropped. Neither changes the replica. No message makes a step throw, whatever it contains, if each entry in its log
 * has passed `validateEntry`.
 */
export function step(replica: Replica, input: Input): readonly Output[] {
  const context: StepContext = {
    replica,
    reading: readingIn(input),
    outputs: [],
    toItself: [],
    fromItself: false,
  };
  handle(context, input);
  context.fromItself = true;
  const most = maxHops * context.toItself.length;
  // The list grows during the loop, because a message to itself may cause the next one.
  for (const message of context.toItself) {
    if (replica.halted !== undefined) break;
    if (context.toItself.length > most) throw new Error('A replica keeps sending messages to itself.');
    onMessage(context, message);
  }
  return context.outputs;
}

/** Handlers read it only after it was validated. */
function readingIn(input: Input): Predicted {
  return (input.type === 'message' ? input.reading : undefined) ?? noReading;
}

const noReading: Predicted = { time: 0, random: 0 };

/**
 * The most messages that one message to itself can cause, itself included: a vote, the start of the view, an
 * acknowledgement.
 */
const maxHops = 3;

function handle(context: StepContext, input: Input): void {
  if (context.replica.halted !== undefined) return drop(context, 'halted');
  switch (input.type) {
    case 'start':
      return start(context);
    case 'restart':
      return onRestart(context, input);
    case 'message': {
      const { message, reading } = input;
      const reason = validateMessage(context.replica, message) ?? validatePredicted(reading);
      return reason === undefined ? onMessage(context, message) : reject(context, reason);
    }
    case 'timer':
      return onTimer(context, input.timer);
    case 'durable':
      return onDurable(context, input.write);
  }
}

function start(context: StepContext): void {
  const { replica } = context;
  replica.membership = foundedAtOnce(replica.configuration);
  if (replica.configuration.size === 1) return;
  if (isPrimary(replica)) arm(context, 'heartbeat');
  arm(context, 'suspect');
}

function onMessage(context: StepContext, message: Message): void {
  const { replica } = context;
  if (message.type === 'RECOVERYRESPONSE') return onRecoveryResponse(context, message);
  if (message.type === 'RECOVERY') return onRecovery(context, message);
  if (message.type === 'RECOVERING') return onRecovering(context, message);
  if (message.type === 'FOUNDED') return onFounded(context, message);
  if (message.type === 'NEWSTATE') return onNewState(context, message);
  if (message.type === 'CHECKPOINT') return onCheckpoint(context, message);
  if (replica.status === 'recovering') return drop(context, 'recovering');
  switch (message.type) {
    case 'REQUEST':
      return onRequest(context, message);
    case 'PREPARE':
      return onPrepare(context, message);
    case 'PREPAREOK':
      return onPrepareOk(context, message);
    case 'COMMIT':
      return onCommit(context, message);
    case 'COMMITOK':
      return onCommitOk(context, message);
    case 'STARTVIEWCHANGE':
      return onStartViewChange(context, message);
    case 'DOVIEWCHANGE':
      return onDoViewChange(context, message);
    case 'STARTVIEW':
      return onStartView(context, message);
    case 'GETSTATE':
      return onGetState(context, message);
    case 'GETCHECKPOINT':
      return onGetCheckpoint(context, message);
  }
}

function onTimer(context: StepContext, timer: Timer): void {
  switch (timer) {
    case 'heartbeat':
      return onHeartbeat(context);
    case 'suspect':
      return onSuspect(context);
    case 'resend':
      return onResend(context);
  }
}

function onResend(context: StepContext): void {
  const { replica } = context;
  switch (replica.status) {
    case 'normal':
      return isPrimary(replica) ? resendPrepare(context) : resendGetState(context);
    case 'view-change':
      return resendViewChange(context);
    case 'state-transfer':
      return resendGetState(context);
    case 'recovering':
      return resendRecovery(context);
  }
}
