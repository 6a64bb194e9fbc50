import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readKept } from '../files/keptFile.ts';

const count = z.int().min(0);
const format = z.strictObject({
  format: z.literal('viewstamped-tolerated'),
  version: z.literal(1),
  /** By name: how many states there are within each of the bounds. */
  states: z.record(z.string(), z.array(count)),
  pairs: z.strictObject({
    tried: count,
    /** How many change the same text, so that they cannot be taken out together. */
    incompatible: count,
    /** How many schedules each pair was hunted. */
    schedules: count,
    /** Those that do harm together. */
    found: z.array(z.strictObject({ names: z.tuple([z.string(), z.string()]), property: z.string() })),
  }),
});

/** What was tried with the rules that do no harm alone, and what came of it. */
export type ToleratedRuns = z.infer<typeof format>;

/** Where the last such runs are kept. */
export const toleratedFile = fileURLToPath(new URL('../../mutants/tolerated.json', import.meta.url));

/** The runs that are kept in a file, or undefined if there is none. Throws a `BadFile` for anything else. */
export function readTolerated(file: string): ToleratedRuns | undefined {
  return readKept(file, format, 'these are no runs');
}
