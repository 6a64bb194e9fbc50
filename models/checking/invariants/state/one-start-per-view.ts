import { quotedLog } from '../../ghost/quotedLog.ts';
import type { Invariant } from '../invariant.ts';

/** Two starting logs of one view would be two services. */
export const oneStartPerView: Invariant = {
  name: 'one-start-per-view',
  level: 'state',
  prose: 'Only its primary announces a view, and with one log: later announcements only append entries.',
  evidence: {
    reached: { 'late-vote-answered': 20, 'view-started': 50 },
    brokenBy: { mutant: 'late-vote-cut-at-commit', replicas: 3, mode: 'durable' },
  },
  outputs: ['STARTVIEW'],
  check({ after, number, now, ghostState }) {
    for (const output of after.last?.outputs ?? []) {
      if (output.type !== 'send' || output.message.type !== 'STARTVIEW') continue;
      const { viewNumber, suffix } = output.message;
      const log = now.replica && quotedLog(now.replica, viewNumber, suffix);
      const first = ghostState.started[viewNumber];
      if (after.implementation.primaryOf(after.configuration, viewNumber) !== number) {
        return `r${number} announced view ${viewNumber}, of which it is not the primary.`;
      }
      if (first !== undefined && log !== undefined && !ghostState.identities.isPrefix(first, log)) {
        return `View ${viewNumber} was announced with ${first.length} entries, and again with a log that lacks some.`;
      }
    }
    return undefined;
  },
};
