import { type MachineClock, processClock } from './clock.ts';
import type { Network } from './network.ts';
import { nodeNetwork } from './nodeNetwork.ts';
import { type Random, systemRandom } from './random.ts';

/**
 * The world around a server or a client. They reach it only through this, so that the same code runs in a simulated one: time passes,
 * bytes arrive and numbers are drawn there as a seed decides.
 */
export interface Platform {
  readonly network: Network;
  readonly clock: MachineClock;
  readonly random: Random;
}

/** The world of this process. */
export const nodePlatform: Platform = { network: nodeNetwork, clock: processClock, random: systemRandom };
