import { settle } from '../runs/liveness/settle.ts';
import { PropertyViolated, Run } from '../runs/run/run.ts';
import type { Settle } from './replay.ts';

/** Lets the group settle as a hunt does. */
export const settling: Settle = (world, model) => {
  try {
    return settle(model, new Run(world));
  } catch (error) {
    if (error instanceof PropertyViolated) return error.violation;
    throw error;
  }
};
