import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { propertySetNames } from '../../checking/properties.ts';
import { readKept } from '../files/keptFile.ts';
import type { MutationRun } from './mutationRun.ts';

/** The file that holds the last full mutation run. */
export const mutationRunFile = fileURLToPath(new URL('../../mutants/mutation-run.json', import.meta.url));

/** The file that holds the last run with follows-protocol alone. */
export const protocolRunFile = fileURLToPath(new URL('../../mutants/protocol-run.json', import.meta.url));

const count = z.int().min(0);
const measured = z.number().min(0).nullable();
const row = z.strictObject({
  mutant: z.string(),
  rule: z.string(),
  section: z.string(),
  guarantee: z.enum(['agreement', 'durability', 'exactly-once', 'validity', 'monotonic', 'liveness']),
  tried: count,
  caught: count,
  properties: z.array(z.strictObject({ property: z.string(), times: count })),
  events: measured,
  seconds: measured,
  shortened: measured,
  shortest: z
    .strictObject({ steps: count, known: z.enum(['explored', 'catalogue', 'estimated']) })
    .nullable(),
});
const format = 'viewstamped-mutation-run';
const mutationRun = z.strictObject({
  format: z.literal(format),
  version: z.literal(1),
  clock: z.enum(['thread', 'wall']),
  properties: z.enum(propertySetNames),
  seconds: z.number(),
  firstSeed: z.int(),
  seeds: count,
  rows: z.array(row),
});

/** The text of a mutation run's file, with one row a line, so that versions can be compared. */
export function textOf({ clock, properties, seconds, firstSeed, seeds, rows }: MutationRun): string {
  const head = { format, version: 1, clock, properties, seconds, firstSeed, seeds };
  const fields = Object.entries(head).map(([name, value]) => `  "${name}": ${JSON.stringify(value)},`);
  const lines = rows.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  return `{\n${fields.join('\n')}\n  "rows": [\n${lines}\n  ]\n}\n`;
}

/** Reads a mutation run from its file: undefined if there is no file. Throws a `BadFile` where it is not in the format. */
export function readMutationRun(file: string): MutationRun | undefined {
  return readKept(file, mutationRun, 'the file is no mutation run');
}
