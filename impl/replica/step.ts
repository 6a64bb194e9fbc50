import type { Predicted } from '../service/service.ts';
import type { Message } from './data/messages.ts';
import type { Output, Timer } from './data/outputs.ts';
import { isPrimary, type Replica } from './data/replica.ts';
import type { Stored } from './data/storage.ts';
import { onCheckpoint, onGetCheckpoint } from './handlers/checkpointTransfer.ts';
import {
  onCommit,
  onHeartbeat,
  onPrepare,
  onPrepareOk,
  onRequest,
  resendPrepare,
} from './handlers/normal.ts';
import { onRecovery, onRecoveryResponse, onRestart, resendRecovery } from './handlers/recovery.ts';
import { onGetState, onNewState, resendGetState } from './handlers/stateTransfer.ts';
import {
  onDoViewChange,
  onStartView,
  onStartViewChange,
  onSuspect,
  resendViewChange,
} from './handlers/viewChange.ts';
import { arm, drop, type Effects, onDurable, refuse } from './transitions/effects.ts';
import { readingRefusal, refusal } from './validation/message.ts';

/** Everything that can happen to a replica. */
export type Input =
  /** The very first input of a replica that has never run. One that has, whatever its storage holds, must be given `restart`. */
  | { readonly type: 'start' }
  /** The first input after a crash, to a replica made anew. The incarnation must be new for this replica. */
  | { readonly type: 'restart'; readonly stored: Stored; readonly incarnation: number }
  /** `reading`: what the replica's clock and its source of chance show. Without it no time has passed. */
  | { readonly type: 'message'; readonly message: Message; readonly reading?: Predicted }
  | { readonly type: 'timer'; readonly timer: Timer }
  /** This write, and with it all earlier ones, is on stable storage. */
  | { readonly type: 'durable'; readonly write: number };

/**
 * One deterministic step: changes the replica in place, and yields what is asked of the world. Bad input is refused
 * with a reason, input that is out of date is dropped with one, and neither changes the replica. Never throws on a
 * message, whatever it holds; but whoever makes a Log from what it received asks `entryRefusal` about each entry.
 */
export function step(replica: Replica, input: Input): readonly Output[] {
  const effects: Effects = { outputs: [], toItself: [], fromItself: false };
  take(replica, effects, input);
  effects.fromItself = true;
  const most = hopsWithin * effects.toItself.length;
  // The list grows while it is gone through: a message to oneself may lead to the next.
  for (const message of effects.toItself) {
    if (effects.toItself.length > most) throw new Error('A replica keeps sending messages to itself.');
    receive(replica, effects, message);
  }
  return effects.outputs;
}

/** How many messages one message to oneself may come to, itself included: a vote, the start of the view, its acknowledgement. */
const hopsWithin = 3;

function take(replica: Replica, effects: Effects, input: Input): void {
  switch (input.type) {
    case 'start':
      return start(replica, effects);
    case 'restart':
      return onRestart(replica, effects, input.stored, input.incarnation);
    case 'message': {
      const { message, reading } = input;
      const reason = refusal(replica, message) ?? readingRefusal(reading);
      return reason === undefined ? receive(replica, effects, message, reading) : refuse(effects, reason);
    }
    case 'timer':
      return onTimer(replica, effects, input.timer);
    case 'durable':
      return onDurable(replica, effects, input.write);
  }
}

function start(replica: Replica, effects: Effects): void {
  if (replica.configuration.size > 1) arm(replica, effects, isPrimary(replica) ? 'heartbeat' : 'suspect');
}

function receive(replica: Replica, effects: Effects, message: Message, reading?: Predicted): void {
  if (message.type === 'RECOVERYRESPONSE') return onRecoveryResponse(replica, effects, message);
  if (message.type === 'RECOVERY') return onRecovery(replica, effects, message);
  if (message.type === 'NEWSTATE') return onNewState(replica, effects, message);
  if (message.type === 'CHECKPOINT') return onCheckpoint(replica, effects, message);
  if (replica.status === 'recovering') return drop(effects, 'a recovering replica takes part in nothing');
  switch (message.type) {
    case 'REQUEST':
      return onRequest(replica, effects, message, reading);
    case 'PREPARE':
      return onPrepare(replica, effects, message);
    case 'PREPAREOK':
      return onPrepareOk(replica, effects, message);
    case 'COMMIT':
      return onCommit(replica, effects, message);
    case 'STARTVIEWCHANGE':
      return onStartViewChange(replica, effects, message);
    case 'DOVIEWCHANGE':
      return onDoViewChange(replica, effects, message);
    case 'STARTVIEW':
      return onStartView(replica, effects, message);
    case 'GETSTATE':
      return onGetState(replica, effects, message);
    case 'GETCHECKPOINT':
      return onGetCheckpoint(replica, effects, message);
  }
}

function onTimer(replica: Replica, effects: Effects, timer: Timer): void {
  switch (timer) {
    case 'heartbeat':
      return onHeartbeat(replica, effects);
    case 'suspect':
      return onSuspect(replica, effects);
    case 'resend':
      return onResend(replica, effects);
  }
}

function onResend(replica: Replica, effects: Effects): void {
  switch (replica.status) {
    case 'normal':
      return isPrimary(replica) ? resendPrepare(replica, effects) : resendGetState(replica, effects);
    case 'view-change':
      return resendViewChange(replica, effects);
    case 'state-transfer':
      return resendGetState(replica, effects);
    case 'recovering':
      return resendRecovery(replica, effects);
  }
}
