import { primaryOf } from '../../replica/data/configuration.ts';
import type { DoViewChange, Message, StartViewChange } from '../../replica/data/messages.ts';
import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import { sizeOf } from '../../replica/data/replicaSet.ts';
import type { Input } from '../../replica/step.ts';
import type { ObservedState } from './observedState.ts';
import type { Outcome, Publish } from './telemetryEvents.ts';

/** Tells what came to the replica, and what that is in the protocol. */
export function publishInput(
  tell: Publish,
  replica: Replica,
  before: ObservedState,
  input: Input,
  outputs: readonly Output[],
): void {
  const vain = outputs.find((output) => output.type === 'dropped' || output.type === 'refused');
  const outcome: Outcome = vain?.type ?? 'taken';
  if (input.type === 'timer') tell('timer-fired', { timer: input.timer, outcome });
  if (input.type !== 'message') return;
  const { message } = input;
  tell('received', { message, from: senderOf(replica, message), outcome, reason: vain?.reason });
  if (outcome === 'taken') publishMeaning(tell, replica, before, message);
}

/** Who sent it; undefined where the message does not say it, and anybody may have. */
function senderOf({ configuration }: Replica, message: Message): number | undefined {
  if ('replicaNumber' in message) return message.replicaNumber;
  if (message.type === 'PREPARE' || message.type === 'COMMIT' || message.type === 'STARTVIEW')
    return primaryOf(configuration, message.viewNumber);
  return undefined;
}

function publishMeaning(tell: Publish, replica: Replica, before: ObservedState, message: Message): void {
  switch (message.type) {
    case 'STARTVIEWCHANGE':
    case 'DOVIEWCHANGE':
      return publishVote(tell, replica, before, message);
    case 'RECOVERYRESPONSE': {
      const { replicaNumber: from, viewNumber: inView } = message;
      const { responses } = replica.recovery ?? {
        responses: [...(before.recovery?.responses ?? []), message],
      };
      return tell('recovery-answered', { from, inView, answers: responses.length });
    }
    case 'PREPAREOK': {
      const { replicaNumber: of } = message;
      return tell('lag', { of, entries: replica.log.length - (replica.acknowledged[of] ?? 0) });
    }
    case 'PREPARE':
    case 'COMMIT':
      return tell('lag', {
        of: replica.replicaNumber,
        entries: Math.max(message.commitNumber - replica.commitNumber, 0),
      });
    case 'REQUEST':
    case 'STARTVIEW':
    case 'GETSTATE':
    case 'NEWSTATE':
    case 'GETCHECKPOINT':
    case 'CHECKPOINT':
    case 'RECOVERY':
      return;
  }
}

/** Who is late for a view that has started casts no vote: it is answered with that view's start. */
function publishVote(
  tell: Publish,
  replica: Replica,
  before: ObservedState,
  message: StartViewChange | DoViewChange,
): void {
  if (before.status === 'normal' && message.viewNumber <= before.viewNumber) return;
  const { type: vote, replicaNumber: from } = message;
  tell('vote-received', { vote, from, votes: votesAfter(replica, before, vote) });
}

function votesAfter(
  replica: Replica,
  before: ObservedState,
  vote: 'STARTVIEWCHANGE' | 'DOVIEWCHANGE',
): number {
  // A view that has started counts its votes no more, and this one made it start.
  const isOver = replica.status !== 'view-change';
  if (vote === 'DOVIEWCHANGE') return isOver ? before.doViewChanges.length + 1 : replica.doViewChanges.length;
  return isOver ? sizeOf(before.startViewChanges) + 2 : sizeOf(replica.startViewChanges) + 1;
}

/** Tells what the step asked for, and what it did to clients and checkpoints. `tick`: milliseconds. */
export function publishOutputs(tell: Publish, outputs: readonly Output[], tick: number): void {
  for (const output of outputs) publishOutput(tell, output, outputs, tick);
}

function publishOutput(tell: Publish, output: Output, outputs: readonly Output[], tick: number): void {
  switch (output.type) {
    case 'send':
      return tell('sent', { to: output.to, message: output.message });
    case 'reply':
      return tell('sent', { to: 'client', message: output.message });
    case 'timer':
      return tell('timer-set', { timer: output.timer, delay: output.delay * tick });
    case 'registered':
      return tell('client-registered', { clientId: output.request.clientId, at: output.opNumber });
    case 'turned-away': {
      const { clientId, session, requestNumber } = output.request;
      return tell('client-turned-away', { clientId, session, requestNumber, at: output.opNumber });
    }
    case 'restored':
      return tell('checkpoint-restored', { of: output.opNumber });
    case 'alarm':
      return tell('alarm', { reason: output.reason });
    case 'write':
      for (const record of output.records)
        if (record.type === 'checkpoint' && !isRestored(record.checkpoint.opNumber, outputs))
          tell('checkpoint-taken', { of: record.checkpoint.opNumber });
      return;
    case 'executed':
    case 'dropped':
    case 'refused':
      return;
  }
}

/** A checkpoint that was taken over is written too. */
function isRestored(opNumber: number, outputs: readonly Output[]): boolean {
  return outputs.some((output) => output.type === 'restored' && output.opNumber === opNumber);
}
