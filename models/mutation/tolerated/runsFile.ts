import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readKept } from '../files/keptFile.ts';

const count = z.int().min(0);
const format = z.strictObject({
  format: z.literal('viewstamped-tolerated'),
  version: z.literal(1),
  /** By name: the number of states within each of the bounds. */
  states: z.record(z.string(), z.array(count)),
  pairs: z.strictObject({
    tried: count,
    /** How many pairs edit the same text, so that they cannot be applied together. */
    incompatible: count,
    /** For how many schedules each pair was hunted. */
    schedules: count,
    /** The pairs that break a property together. */
    found: z.array(z.strictObject({ names: z.tuple([z.string(), z.string()]), property: z.string() })),
  }),
});

/** The results of `npm run tolerated`. */
export type ToleratedRuns = z.infer<typeof format>;

/** The file that holds the last results. */
export const toleratedFile = fileURLToPath(new URL('../../mutants/tolerated.json', import.meta.url));

/** Reads the results from a file: undefined if there is none. Throws a `BadFile` where it is not in the format. */
export function readTolerated(file: string): ToleratedRuns | undefined {
  return readKept(file, format, 'the file holds no results of tolerated mutants');
}
