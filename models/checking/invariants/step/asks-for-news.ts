import type { Replica } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** An answer that comes twice, each of which is followed by a question, is followed by two of everything from then on. */
export const asksForNews: Invariant = {
  name: 'asks-for-news',
  level: 'step',
  prose:
    'A replica that fetches a log asks for the rest after an answer only if that answer brought something new. Otherwise its timer ' +
    'asks again.',
  evidence: {
    reached: { 'answer-repeated': 5 },
    brokenBy: { mutant: 'repeated-answer-asks-again', replicas: 3, mode: 'durable' },
  },
  outputs: ['GETSTATE'],
  check({ after, old, now }) {
    const { event, outputs } = after.last ?? {};
    if (event?.type !== 'deliver' || event.packet.message.type !== 'NEWSTATE') return undefined;
    const asked = outputs?.some((output) => output.type === 'send' && output.message.type === 'GETSTATE');
    if (!asked || fetchedBy(now.replica) !== fetchedBy(old.replica)) return undefined;
    // A vote whose log is chosen now may be another than before.
    if (now.replica?.transfer?.viewNumber !== old.replica?.transfer?.viewNumber) return undefined;
    return 'An answer brought nothing new, and it asks for the rest once more.';
  },
};

/** The number of the last entry that it has of the log that it fetches. */
function fetchedBy(replica: Replica | undefined): number | undefined {
  return replica?.status === 'normal' ? replica.log.length : replica?.transfer?.log.length;
}
