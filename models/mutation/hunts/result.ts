import { z } from 'zod';
import type { Counterexample } from '../../trace/counterexample.ts';
import { check } from '../../trace/file/schema.ts';
import { schemaErrorOf } from '../files/keptFile.ts';

/** What came of hunting one mutant with one seed, as a mutation run keeps it. */
export interface HuntResult {
  readonly mutant: string;
  readonly seed: number;
  /** What was hunted, and how: see `digestsOf`. */
  readonly digest: string;
  readonly schedules: number;
  readonly events: number;
  /** How long it took to break a property, or how long it was tried. */
  readonly seconds: number;
  readonly found: Caught | null;
}

/** The property that broke first, and the trace, shortened. */
export interface Caught {
  readonly property: string;
  /** The fault profile by which it was found. */
  readonly faultProfile: string;
  /** Null where nobody asked for it. */
  readonly trace: Counterexample | null;
}

const count = z.int().min(0);
const result = z.strictObject({
  mutant: z.string(),
  seed: z.int(),
  digest: z.string(),
  schedules: count,
  events: count,
  seconds: z.number().min(0),
  found: z.strictObject({ property: z.string(), faultProfile: z.string(), trace: z.unknown() }).nullable(),
});

/** Takes the value for a result, or says in half a sentence why it is none. */
export function resultOf(value: unknown): HuntResult | string {
  const { success, data, error } = result.safeParse(value);
  if (!success) return schemaErrorOf(error);
  if (data.found === null) return { ...data, found: null };
  const { property, faultProfile } = data.found;
  if (data.found.trace === null) return { ...data, found: { property, faultProfile, trace: null } };
  const trace = check(data.found.trace);
  if ('message' in trace) return `found.trace.${trace.path.join('.')} ${trace.message}`;
  return { ...data, found: { property, faultProfile, trace } };
}
