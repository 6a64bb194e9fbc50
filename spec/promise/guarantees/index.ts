import { allOrNone } from './all-or-none.ts';
import { answeredInTheEnd } from './answered-in-the-end.ts';
import { exactlyOnce } from './exactly-once.ts';
import type { Guarantee } from './guarantee.ts';
import { inTurn } from './in-turn.ts';
import { linearizable } from './linearizable.ts';
import { neverLost } from './never-lost.ts';
import { nothingInvented } from './nothing-invented.ts';
import { oneOrder } from './one-order.ts';
import { replyIsResult } from './reply-is-result.ts';
import { sameResult } from './same-result.ts';
import { servedWhileConnected } from './served-while-connected.ts';
import { timeGoesOn } from './time-goes-on.ts';

/** The whole promise, in reading order. */
export const guarantees: readonly Guarantee[] = [
  oneOrder,
  inTurn,
  sameResult,
  timeGoesOn,
  nothingInvented,
  exactlyOnce,
  replyIsResult,
  neverLost,
  linearizable,
  servedWhileConnected,
  answeredInTheEnd,
  allOrNone,
];
