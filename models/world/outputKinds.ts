import type { Message, Output } from '../../impl/index.ts';

/** The type of an output, or of the message that it sends to a replica. */
export type OutputKind = Exclude<Output['type'], 'send'> | Message['type'];

/** By kind: a bit of its own. */
const bits: Readonly<Record<OutputKind, number>> = {
  ...{
    reply: 1 << 0,
    write: 1 << 1,
    timer: 1 << 2,
    registered: 1 << 3,
    ended: 1 << 4,
    'turned-away': 1 << 5,
  },
  ...{ executed: 1 << 6, failed: 1 << 7, restored: 1 << 8, dropped: 1 << 9, rejected: 1 << 10 },
  ...{ alarm: 1 << 11, halt: 1 << 12, REQUEST: 1 << 13, PREPARE: 1 << 14, PREPAREOK: 1 << 15 },
  ...{ COMMIT: 1 << 16, COMMITOK: 1 << 17, STARTVIEWCHANGE: 1 << 18, DOVIEWCHANGE: 1 << 19 },
  ...{ STARTVIEW: 1 << 20, GETSTATE: 1 << 21, NEWSTATE: 1 << 22, GETCHECKPOINT: 1 << 23 },
  ...{
    CHECKPOINT: 1 << 24,
    RECOVERY: 1 << 25,
    RECOVERING: 1 << 26,
    RECOVERYRESPONSE: 1 << 27,
    FOUNDED: 1 << 28,
  },
};

/** The first bit that no kind has. */
export const bitOfNoKind = 1 << 29;

/** The kinds of the outputs, as bits. */
export function kindsOf(outputs: readonly Output[]): number {
  let kinds = 0;
  for (const output of outputs) kinds |= bits[output.type === 'send' ? output.message.type : output.type];
  return kinds;
}

/** These kinds, as bits. */
export function bitsOfKinds(kinds: readonly OutputKind[]): number {
  return kinds.reduce((all, kind) => all | bits[kind], 0);
}
