import { clients } from './clients.ts';
import type { ProtocolInvariant } from './invariant.ts';
import { logs } from './logs.ts';
import { losses } from './losses.ts';
import { promises } from './promises.ts';
import { stored } from './stored.ts';
import { views } from './views.ts';

/** The invariants of the protocol, those first that others rest on. */
export const protocolInvariants: readonly ProtocolInvariant[] = [
  ...stored,
  ...promises,
  ...losses,
  ...logs,
  ...clients,
  ...views,
];

export { factsOf, type ProtocolInvariant } from './invariant.ts';
