import type { CoverageMark, Moment } from './mark.ts';

/** Coverage marks for requests that arrive faster than they are committed. */
export const batchMarks: readonly CoverageMark[] = [
  {
    name: 'request-waits',
    prose: 'A primary logs a request and sends it only after earlier ones are committed.',
    reached: ({ old, now }) =>
      now?.replica?.status === 'normal' &&
      now.replica.log.length > (old?.replica?.log.length ?? 0) &&
      now.replica.prepares.length > 0 &&
      now.replica.log.length > (now.replica.prepares.at(-1) ?? 0),
  },
  {
    name: 'batch-delivered',
    prose: 'A PREPARE arrives that carries several requests.',
    reached: ({ event }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'PREPARE' &&
      event.packet.message.suffix.after + 1 < event.packet.message.opNumber,
  },
  {
    name: 'batch-committed',
    prose: 'Requests that waited and were sent in one PREPARE are committed.',
    reached: (moment) =>
      moment.outputs.some((output) => output.type === 'executed' && isBatched(moment, output.opNumber)),
  },
];

/**
 * Whether the primary's PREPARE carried this entry and later ones. STARTVIEW, not PREPARE, carried the view's
 * first entries.
 */
function isBatched({ old, ghostState }: Moment, opNumber: number): boolean {
  const { prepares = [], viewNumber = 0 } = old?.replica ?? {};
  const inherited = ghostState.started[viewNumber]?.length ?? 0;
  return prepares.some((end) => end > opNumber) && !prepares.includes(opNumber) && opNumber > inherited;
}
