import { primaryOf } from '../../replica/data/configuration.ts';
import type { DoViewChange, Message, StartViewChange } from '../../replica/data/messages.ts';
import type { Output } from '../../replica/data/outputs.ts';
import { describeReason } from '../../replica/data/reasons.ts';
import type { Replica } from '../../replica/data/replica.ts';
import type { Input } from '../../replica/step.ts';
import { callsAfter } from './calls.ts';
import type { ObservedState } from './observedState.ts';
import type { Outcome, Publish } from './telemetryEvents.ts';

/** Publishes the input of a step, and its meaning in the protocol. */
export function publishInput(
  publish: Publish,
  replica: Replica,
  before: ObservedState,
  input: Input,
  outputs: readonly Output[],
): void {
  const noOp = outputs.find((output) => output.type === 'dropped' || output.type === 'rejected');
  const outcome: Outcome = noOp?.type ?? 'handled';
  if (input.type === 'timer') publish('timer-fired', { timer: input.timer, outcome });
  if (input.type !== 'message') return;
  const { message } = input;
  const reason = noOp && describeReason(noOp.reason);
  publish('received', { message, from: senderOf(replica, message), outcome, reason });
  if (outcome === 'handled') publishMeaning(publish, replica, before, message);
}

/** The sender of a message; undefined if the message does not name it. */
function senderOf({ configuration }: Replica, message: Message): number | undefined {
  if ('replicaNumber' in message) return message.replicaNumber;
  if (message.type === 'PREPARE' || message.type === 'COMMIT' || message.type === 'STARTVIEW')
    return primaryOf(configuration, message.viewNumber);
  return undefined;
}

function publishMeaning(publish: Publish, replica: Replica, before: ObservedState, message: Message): void {
  switch (message.type) {
    case 'STARTVIEWCHANGE':
    case 'DOVIEWCHANGE':
      return publishVote(publish, replica, before, message);
    case 'RECOVERYRESPONSE': {
      const { replicaNumber: from, viewNumber: inView } = message;
      const { responses } = replica.recovery ?? {
        responses: [...(before.recovery?.responses ?? []), message],
      };
      return publish('recovery-answered', { from, inView, answers: responses.length });
    }
    case 'PREPAREOK': {
      const { replicaNumber: of } = message;
      return publish('lag', { of, entries: replica.log.length - (replica.acknowledged[of] ?? 0) });
    }
    case 'PREPARE':
    case 'COMMIT':
      return publish('lag', {
        of: replica.replicaNumber,
        entries: Math.max(message.commitNumber - replica.commitNumber, 0),
      });
    case 'REQUEST':
    case 'COMMITOK':
    case 'STARTVIEW':
    case 'GETSTATE':
    case 'NEWSTATE':
    case 'GETCHECKPOINT':
    case 'CHECKPOINT':
    case 'RECOVERY':
    case 'RECOVERING':
      return;
  }
}

/** A vote for a view that has already started does not count: the replica answers with that view's STARTVIEW. */
function publishVote(
  publish: Publish,
  replica: Replica,
  before: ObservedState,
  message: StartViewChange | DoViewChange,
): void {
  if (before.status === 'normal' && message.viewNumber <= before.viewNumber) return;
  const { type: vote, replicaNumber: from } = message;
  const votes = vote === 'DOVIEWCHANGE' ? votesAfter(replica, before) : callsAfter(replica, before, message);
  publish('vote-received', { vote, from, votes });
}

/** How many votes there are after a step that received one. A view that has started keeps none: this one started it. */
function votesAfter({ status, doViewChanges }: Replica, before: ObservedState): number {
  return status === 'view-change' ? doViewChanges.length : before.doViewChanges.length + 1;
}

/** Publishes the outputs of a step. `tick`: milliseconds. */
export function publishOutputs(publish: Publish, outputs: readonly Output[], tick: number): void {
  for (const output of outputs) publishOutput(publish, output, outputs, tick);
}

function publishOutput(publish: Publish, output: Output, outputs: readonly Output[], tick: number): void {
  switch (output.type) {
    case 'send':
      return publish('sent', { to: output.to, message: output.message });
    case 'reply':
      return publish('sent', { to: 'client', message: output.message });
    case 'timer':
      return publish('timer-set', { timer: output.timer, delay: output.delay * tick });
    case 'registered':
      return publish('client-registered', { clientId: output.request.clientId, at: output.opNumber });
    case 'turned-away': {
      const { clientId, session, requestNumber } = output.request;
      return publish('client-turned-away', { clientId, session, requestNumber, at: output.opNumber });
    }
    case 'restored':
      return publish('checkpoint-restored', { of: output.opNumber });
    case 'alarm':
      return publish('alarm', { reason: describeReason(output.reason) });
    case 'write':
      for (const record of output.records)
        if (record.type === 'checkpoint' && !isRestored(record.checkpoint.opNumber, outputs))
          publish('checkpoint-taken', { of: record.checkpoint.opNumber });
      return;
    case 'halt':
    case 'ended':
    case 'executed':
    case 'failed':
    case 'dropped':
    case 'rejected':
      return;
  }
}

/** Whether the checkpoint was restored in this step: a restored one is written, too. */
function isRestored(opNumber: number, outputs: readonly Output[]): boolean {
  return outputs.some((output) => output.type === 'restored' && output.opNumber === opNumber);
}
