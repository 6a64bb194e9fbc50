import { parentPort, workerData } from 'node:worker_threads';
import { stop } from 'esbuild';
import { propertySets } from '../../checking/properties.ts';
import { counterexampleOf } from '../../hunt/counterexample.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Settings } from './digest.ts';
import type { Caught, HuntResult } from './result.ts';
import { type CaughtFailure, timedHunt } from './timedHunt.ts';

/** The mutant that a worker thread hunts, and the settings. */
export interface HuntTarget extends Settings {
  readonly mutant: Mutant;
}

/** The order for one hunt. The thread replies with a `HuntReply`. */
export interface HuntOrder {
  readonly seed: number;
  readonly shorten: boolean;
}

/** The result of one hunt. The main thread adds the digest. */
export type HuntReply = Omit<HuntResult, 'digest'>;

const port = parentPort;
if (port !== null) {
  const { mutant, properties, seconds: limit }: HuntTarget = workerData;
  const implementation = await loadImplementation(mutant);
  // Otherwise esbuild's process would outlive the thread.
  await stop();
  port.on('message', async ({ seed, shorten }: HuntOrder) => {
    const subject = { implementation, properties: propertySets[properties] };
    const { found, ...hunted } = await timedHunt(subject, { seed, seconds: limit, shorten });
    const reply: HuntReply = {
      mutant: mutant.name,
      seed,
      ...hunted,
      // More digits than these are noise.
      seconds: Math.round(hunted.seconds * 1e4) / 1e4,
      found: found === undefined ? null : caught(found, mutant.name, seed),
    };
    port.postMessage(reply);
  });
}

function caught({ property, faultProfile, failure }: CaughtFailure, mutant: string, seed: number): Caught {
  return {
    property,
    faultProfile,
    trace: failure === undefined ? null : counterexampleOf(failure, mutant, seed),
  };
}
