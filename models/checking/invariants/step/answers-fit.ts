import type { RecoveryProgress, Replica } from '../../../../impl/index.ts';
import type { Implementation } from '../../../world/implementation.ts';
import type { Invariant } from '../invariant.ts';

/** An answer to another question says nothing about this one. */
export const answersFit: Invariant = {
  name: 'answers-fit',
  level: 'step',
  prose:
    'A replica counts only votes for its present view and only recovery responses with the nonce of its ' +
    'present attempt, at most one of each replica. It counts no vote if it, or another voter, knows that the sender has ' +
    'lost its memory since.',
  evidence: {
    reached: { 'view-started': 50 },
    brokenBy: { mutant: 'dvc-counts-messages', replicas: 3, mode: 'durable' },
  },
  check({ now: { replica }, after }) {
    if (replica === undefined) return undefined;
    const { doViewChanges, recovery } = replica;
    // Most replicas count neither votes nor answers.
    const vote = doViewChanges.length > 0 ? badVote(replica, after.implementation) : undefined;
    return vote ?? (recovery && strayAnswer(recovery));
  },
};

function badVote(replica: Replica, implementation: Implementation): string | undefined {
  const { doViewChanges, viewNumber } = replica;
  const stray = doViewChanges.find((vote) => vote.viewNumber !== viewNumber);
  if (stray !== undefined)
    return `It counts a vote of r${stray.replicaNumber} for view ${stray.viewNumber}, and is in view ${viewNumber}.`;
  if (hasRepeatedSender(doViewChanges)) return 'It counts two votes of one replica.';
  return forgottenVote(replica, implementation);
}

function forgottenVote(
  { membership, doViewChanges }: Replica,
  { generationOf }: Implementation,
): string | undefined {
  const voters = [membership, ...doViewChanges];
  const forgotten = doViewChanges.find((vote) =>
    voters.some((voter) => generationOf(voter, vote.replicaNumber) > generationOf(vote, vote.replicaNumber)),
  );
  return forgotten && `It counts a vote of r${forgotten.replicaNumber}, which has lost its memory since.`;
}

function strayAnswer({ responses, incarnation, attempt }: RecoveryProgress): string | undefined {
  if (responses.length === 0) return undefined;
  const nonce = `${incarnation}.${attempt}`;
  const stray = responses.find((response) => response.nonce !== nonce);
  if (stray !== undefined)
    return `It asked with the nonce ${nonce}, and counts an answer of r${stray.replicaNumber} to ${stray.nonce}.`;
  return hasRepeatedSender(responses) ? 'It counts two answers of one replica.' : undefined;
}

function hasRepeatedSender(messages: readonly { readonly replicaNumber: number }[]): boolean {
  if (messages.length < 2) return false;
  return new Set(messages.map(({ replicaNumber }) => replicaNumber)).size < messages.length;
}
