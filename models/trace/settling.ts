import { settle } from '../runs/liveness/settle.ts';
import { ClaimBroken, Trial } from '../runs/run.ts';
import type { Settle } from './replay.ts';

/** Lets the world settle as a hunt does. */
export const settling: Settle = (world, model) => {
  try {
    return settle(model, new Trial(world));
  } catch (error) {
    if (error instanceof ClaimBroken) return error.violation;
    throw error;
  }
};
