import type { Log, Message } from '../../../impl/index.ts';
import { type CoverageMark, type Moment, replicaSteps } from './mark.ts';

/** Coverage marks for requests that arrive faster than they are committed. */
export const batchMarks: readonly CoverageMark[] = [
  {
    name: 'request-waits',
    prose: 'A primary logs a request and sends it only after earlier ones are committed.',
    on: replicaSteps,
    reached: ({ old, now }) =>
      now?.replica?.status === 'normal' &&
      now.replica.log.length > (old?.replica?.log.length ?? 0) &&
      now.replica.prepares.length > 0 &&
      now.replica.log.length > (now.replica.prepares.at(-1) ?? 0),
  },
  {
    name: 'message-cut',
    prose: 'A message leaves that carries fewer entries than its sender has, because of their size.',
    on: replicaSteps,
    outputs: ['PREPARE', 'NEWSTATE', 'DOVIEWCHANGE', 'STARTVIEW'],
    reached: ({ event, now, outputs }) =>
      event.type !== 'sync' &&
      outputs.some((output) => output.type === 'send' && isCut(output.message, now?.replica?.log)),
  },
  {
    name: 'batch-delivered',
    prose: 'A PREPARE arrives that carries several requests.',
    on: ['PREPARE'],
    reached: ({ event }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'PREPARE' &&
      event.packet.message.suffix.after + 1 < event.packet.message.opNumber,
  },
  {
    name: 'batch-committed',
    prose: 'Requests that waited and were sent in one PREPARE are committed.',
    on: replicaSteps,
    outputs: ['executed'],
    reached: (moment) =>
      moment.outputs.some((output) => output.type === 'executed' && isBatched(moment, output.opNumber)),
  },
];

/** Whether the message carries a part only of what could follow in the sender's log, or precede. */
function isCut(message: Message, log: Log | undefined): boolean {
  if (log === undefined) return false;
  switch (message.type) {
    case 'PREPARE':
      return message.opNumber < log.length;
    case 'NEWSTATE':
      return message.suffix.opNumber < message.opNumber;
    case 'DOVIEWCHANGE':
    case 'STARTVIEW':
      return message.suffix.after > log.base;
    default:
      return false;
  }
}

/**
 * Whether the primary's PREPARE carried this entry and later ones. STARTVIEW, not PREPARE, carried the view's
 * first entries.
 */
function isBatched({ old, ghostState }: Moment, opNumber: number): boolean {
  const { prepares = [], viewNumber = 0 } = old?.replica ?? {};
  const inherited = ghostState.started[viewNumber]?.length ?? 0;
  return prepares.some((end) => end > opNumber) && !prepares.includes(opNumber) && opNumber > inherited;
}
