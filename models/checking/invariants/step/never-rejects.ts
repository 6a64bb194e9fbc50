import { type ClientOutput, describeReason, type Output } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/**
 * To reject an input is to say that no correct process can have sent it, and every process of the world is correct. An
 * input that is only outdated, or not for its receiver, must be dropped instead.
 */
export const neverRejects: Invariant = {
  name: 'never-rejects',
  level: 'step',
  prose:
    'No replica and no client rejects an input: every sender is correct, however late its messages arrive. Only a log that differs ' +
    'is rejected, where a stored entry was altered.',
  evidence: {
    reached: { answered: 200, 'view-started': 50, 'message-outlives-sender': 5, 'client-evicted': 5 },
    brokenBy: { mutant: 'outdated-answer-rejected', replicas: 3, mode: 'durable' },
  },
  outputs: ['rejected'],
  check: ({ after: { last, setup } }) => rejectedBy(last?.outputs, setup.altered !== undefined),
  checkClient: ({ after }) => rejectedBy(after.last?.clientOutputs),
};

function rejectedBy(outputs: readonly (Output | ClientOutput)[] = [], mayDiffer = false): string | undefined {
  const rejected = outputs.find((output) => output.type === 'rejected');
  if (rejected?.type !== 'rejected') return undefined;
  const { reason } = rejected;
  if (mayDiffer && typeof reason !== 'string' && reason.code === 'log-differs') return undefined;
  return `A correct sender's input was rejected: ${describeReason(reason)}.`;
}
