import { isHalted } from '../../../world/world.ts';
import type { Invariant } from '../invariant.ts';

/** A replica with a wrong state answers wrongly, also after a restart. */
export const haltsForGood: Invariant = {
  name: 'halts-for-good',
  level: 'step',
  prose:
    'A replica that has stopped for good sends nothing any more and waits for no timer. Once what it wrote is durable, its ' +
    'storage says so, and it stays stopped when it restarts, unless all contents of its storage are lost.',
  evidence: {
    reached: { halted: 5, 'restarted-halted': 2 },
    brokenBy: { mutant: 'halt-not-durable', replicas: 3, mode: 'durable' },
  },
  check({ after, old, now }) {
    const { event } = after.last ?? {};
    if (event?.type === 'crash' && event.lost) return undefined;
    if (
      now.replica?.halted !== undefined &&
      now.disk.unsynced.length === 0 &&
      now.disk.image.halted === undefined
    )
      return 'It has stopped for good, and its storage does not say so.';
    // A crash may undo a mark that was not durable: then the replica had not stopped.
    const wasHalted =
      old.disk.image.halted !== undefined || (old.replica?.halted !== undefined && now.replica !== undefined);
    if (!wasHalted) return undefined;
    const sent = after.last?.outputs.find(({ type }) => type === 'send' || type === 'reply');
    if (sent !== undefined) return 'It had stopped for good, and sends a message.';
    if (now.timers !== 0) return 'It had stopped for good, and a timer is armed.';
    return isHalted(now) ? undefined : 'It had stopped for good, and takes part again.';
  },
};
