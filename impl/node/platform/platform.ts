import { type MachineClock, processClock } from './clock.ts';
import { type Disk, systemDisk } from './disk.ts';
import type { Network } from './network.ts';
import { nodeNetwork } from './nodeNetwork.ts';
import { type Random, systemRandom } from './random.ts';

/**
 * The world around a server or a client. They reach it only through this, so that the same code runs in a simulated one: time passes,
 * bytes arrive, numbers are drawn and disks keep what they are told as a seed decides.
 */
export interface Platform {
  readonly network: Network;
  readonly clock: MachineClock;
  readonly random: Random;
}

/** The world around a server, with the disk that its directories lie on. */
export interface ServerPlatform extends Platform {
  readonly disk: Disk;
}

/** The world of this process. */
export const nodePlatform: ServerPlatform = {
  network: nodeNetwork,
  clock: processClock,
  random: systemRandom,
  disk: systemDisk,
};
