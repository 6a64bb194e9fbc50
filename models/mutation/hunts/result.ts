import { z } from 'zod';
import type { Counterexample } from '../../trace/counterexample.ts';
import { check } from '../../trace/file/schema.ts';
import { schemaErrorOf } from '../files/keptFile.ts';

/** The result of hunting one mutant with one seed, as a mutation run stores it. */
export interface HuntResult {
  readonly mutant: string;
  readonly seed: number;
  /** The digest of the code and settings: see `digestsOf`. */
  readonly digest: string;
  readonly schedules: number;
  readonly events: number;
  /** The time until a property broke, or until the hunt ended. */
  readonly seconds: number;
  readonly found: Caught | null;
}

/** The failure of a hunt: the property that broke first, and a shortened trace. */
export interface Caught {
  readonly property: string;
  /** The fault profile by which it was found. */
  readonly faultProfile: string;
  /** Null if the trace was not shortened. */
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

/** The value as a result, or the reason why it is none. */
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
