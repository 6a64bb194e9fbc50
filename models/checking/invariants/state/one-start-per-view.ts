import { quotedLog } from '../../quoted.ts';
import type { StepClaim } from '../invariant.ts';

/** Two beginnings of one view would be two services. */
export const oneStartPerView: StepClaim = {
  name: 'one-start-per-view',
  level: 'cluster',
  prose:
    'A view is announced by its primary alone, and with one log: later announcements only add entries at its end.',
  broken({ after, number, now, chronicle }) {
    for (const output of after.last?.outputs ?? []) {
      if (output.type !== 'send' || output.message.type !== 'STARTVIEW') continue;
      const { viewNumber, suffix } = output.message;
      const log = now.replica && quotedLog(now.replica, viewNumber, suffix);
      const first = chronicle.started[viewNumber];
      if (after.implementation.primaryOf(after.configuration, viewNumber) !== number) {
        return `r${number} announced view ${viewNumber}, of which it is not the primary.`;
      }
      if (first !== undefined && log !== undefined && !chronicle.identities.isPrefix(first, log)) {
        return `View ${viewNumber} was announced with ${first.length} entries, and again with a log that lacks some.`;
      }
    }
    return undefined;
  },
};
