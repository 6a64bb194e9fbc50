import { parentPort, workerData } from 'node:worker_threads';
import { stop } from 'esbuild';
import { claimsCalled } from '../checking/model.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { loadImplementation } from '../mutants/load.ts';
import type { Ablation } from '../mutants/mutant.ts';
import type { Settings } from './digest.ts';
import { type Found, huntedBy } from './hunting.ts';
import type { Caught, Result } from './result.ts';

/** What a thread hunts for as long as it lives. */
export interface Quarry extends Settings {
  readonly ablation: Ablation;
}

/** What a thread is told to do: it answers with an `Answer`. */
export interface Order {
  readonly seed: number;
  readonly retell: boolean;
}

/** What came of it. */
export type Answer = Omit<Result, 'digest'>;

const port = parentPort;
if (port !== null) {
  const { ablation, claims, seconds: limit }: Quarry = workerData;
  const implementation = await loadImplementation(ablation);
  // Otherwise the compiler's process would outlive the thread.
  await stop();
  port.on('message', async ({ seed, retell }: Order) => {
    const subject = { implementation, claims: claimsCalled[claims] };
    const { found, ...hunted } = await huntedBy(subject, { seed, seconds: limit, retell });
    const answer: Answer = {
      ablation: ablation.name,
      seed,
      ...hunted,
      // Nobody measures more exactly than that.
      seconds: Math.round(hunted.seconds * 1e4) / 1e4,
      found: found === undefined ? null : caught(found, ablation.name, seed),
    };
    port.postMessage(answer);
  });
}

function caught({ claim, profile, find }: Found, ablation: string, seed: number): Caught {
  return { claim, profile, story: find === undefined ? null : counterexampleOf(find, ablation, seed) };
}
