import type { Replica } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** An answer to another question says nothing about this one. */
export const answersFit: Invariant = {
  name: 'answers-fit',
  level: 'step',
  prose:
    'A replica counts only votes for its present view and only recovery responses with the nonce of its ' +
    'present attempt, at most one of each replica.',
  evidence: {
    reached: { 'view-started': 50 },
    brokenBy: { mutant: 'dvc-counts-messages', replicas: 3, mode: 'durable' },
  },
  check({ now: { replica } }) {
    return replica && (strayVote(replica) ?? strayAnswer(replica));
  },
};

function strayVote({ doViewChanges, viewNumber }: Replica): string | undefined {
  const stray = doViewChanges.find((vote) => vote.viewNumber !== viewNumber);
  if (stray !== undefined)
    return `It counts a vote of r${stray.replicaNumber} for view ${stray.viewNumber}, and is in view ${viewNumber}.`;
  return hasRepeatedSender(doViewChanges) ? 'It counts two votes of one replica.' : undefined;
}

function strayAnswer({ recovery }: Replica): string | undefined {
  if (recovery === undefined) return undefined;
  const nonce = `${recovery.incarnation}.${recovery.attempt}`;
  const stray = recovery.responses.find((response) => response.nonce !== nonce);
  if (stray !== undefined)
    return `It asked with the nonce ${nonce}, and counts an answer of r${stray.replicaNumber} to ${stray.nonce}.`;
  return hasRepeatedSender(recovery.responses) ? 'It counts two answers of one replica.' : undefined;
}

function hasRepeatedSender(messages: readonly { readonly replicaNumber: number }[]): boolean {
  return new Set(messages.map(({ replicaNumber }) => replicaNumber)).size < messages.length;
}
