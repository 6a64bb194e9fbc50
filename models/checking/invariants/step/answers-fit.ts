import type { Replica } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** Whoever counts what was said on another occasion decides by the past. */
export const answersFit: Invariant = {
  name: 'answers-fit',
  level: 'step',
  prose:
    'What is counted was said for this occasion, and by different replicas: votes are for the present view, and answers ' +
    'to a recovery carry the nonce with which it asks now.',
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
  return isTwice(doViewChanges) ? 'It counts two votes of one replica.' : undefined;
}

function strayAnswer({ recovery }: Replica): string | undefined {
  if (recovery === undefined) return undefined;
  const nonce = `${recovery.incarnation}.${recovery.attempt}`;
  const stray = recovery.responses.find((response) => response.nonce !== nonce);
  if (stray !== undefined)
    return `It asked with the nonce ${nonce}, and counts an answer of r${stray.replicaNumber} to ${stray.nonce}.`;
  return isTwice(recovery.responses) ? 'It counts two answers of one replica.' : undefined;
}

function isTwice(said: readonly { readonly replicaNumber: number }[]): boolean {
  return new Set(said.map(({ replicaNumber }) => replicaNumber)).size < said.length;
}
