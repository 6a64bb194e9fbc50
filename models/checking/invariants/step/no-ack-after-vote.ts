import type { Invariant } from '../invariant.ts';

/** The vote tells the new primary everything that the voter will ever have acknowledged in earlier views. */
export const noAckAfterVote: Invariant = {
  name: 'no-ack-after-vote',
  level: 'step',
  prose:
    'A replica that has sent DOVIEWCHANGE for a view never again sends PREPAREOK for an earlier one, also ' +
    'after a crash.',
  evidence: {
    reached: { 'view-started': 50, 'message-outlives-sender': 20 },
    brokenBy: { mutant: 'prepare-old-view', replicas: 3, mode: 'diskless' },
  },
  outputs: ['PREPAREOK'],
  check({ after, ghostState, number }) {
    let voted = ghostState.sent[number]?.votedView ?? 0;
    for (const output of after.last?.outputs ?? []) {
      if (output.type !== 'send') continue;
      const { message } = output;
      if (message.type === 'DOVIEWCHANGE') voted = Math.max(voted, message.viewNumber);
      if (message.type === 'PREPAREOK' && message.viewNumber < voted) {
        return `It acknowledged in view ${message.viewNumber}, and had voted for view ${voted} before.`;
      }
    }
    return undefined;
  },
};
