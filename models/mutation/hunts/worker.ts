import { parentPort, workerData } from 'node:worker_threads';
import { stop } from 'esbuild';
import { propertySets } from '../../checking/properties.ts';
import { counterexampleOf } from '../../hunt/counterexample.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Settings } from './digest.ts';
import type { Caught, HuntResult } from './result.ts';
import { type CaughtFailure, timedHunt } from './timedHunt.ts';

/** What a thread hunts for as long as it lives. */
export interface HuntTarget extends Settings {
  readonly mutant: Mutant;
}

/** What a thread is told to do: it answers with an `Answer`. */
export interface HuntOrder {
  readonly seed: number;
  readonly shorten: boolean;
}

/** What came of it. */
export type HuntReply = Omit<HuntResult, 'digest'>;

const port = parentPort;
if (port !== null) {
  const { mutant, properties, seconds: limit }: HuntTarget = workerData;
  const implementation = await loadImplementation(mutant);
  // Otherwise the compiler's process would outlive the thread.
  await stop();
  port.on('message', async ({ seed, shorten }: HuntOrder) => {
    const subject = { implementation, properties: propertySets[properties] };
    const { found, ...hunted } = await timedHunt(subject, { seed, seconds: limit, shorten });
    const answer: HuntReply = {
      mutant: mutant.name,
      seed,
      ...hunted,
      // Nobody measures more exactly than that.
      seconds: Math.round(hunted.seconds * 1e4) / 1e4,
      found: found === undefined ? null : caught(found, mutant.name, seed),
    };
    port.postMessage(answer);
  });
}

function caught({ property, faultProfile, failure }: CaughtFailure, mutant: string, seed: number): Caught {
  return {
    property,
    faultProfile,
    trace: failure === undefined ? null : counterexampleOf(failure, mutant, seed),
  };
}
