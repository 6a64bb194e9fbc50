import { z } from 'zod';
import type { Counterexample } from '../trace/counterexample.ts';
import { check } from '../trace/schema.ts';

/** What came of hunting one ablation with one seed, as a campaign keeps it. */
export interface Result {
  readonly ablation: string;
  readonly seed: number;
  /** What was hunted, and how: see `digestsOf`. */
  readonly digest: string;
  readonly schedules: number;
  readonly events: number;
  /** How long it took to break a claim, or how long it was tried. */
  readonly seconds: number;
  readonly found: Caught | null;
}

/** The claim that broke first, and the story, retold. */
export interface Caught {
  readonly claim: string;
  /** The profile by which it was found. */
  readonly profile: string;
  /** Null where nobody asked for it. */
  readonly story: Counterexample | null;
}

const count = z.int().min(0);
const result = z.strictObject({
  ablation: z.string(),
  seed: z.int(),
  digest: z.string(),
  schedules: count,
  events: count,
  seconds: z.number().min(0),
  found: z.strictObject({ claim: z.string(), profile: z.string(), story: z.unknown() }).nullable(),
});

/** Takes the value for a result, or says in half a sentence why it is none. */
export function resultOf(value: unknown): Result | string {
  const { success, data, error } = result.safeParse(value);
  if (!success) return complaintOf(error);
  if (data.found === null) return { ...data, found: null };
  const { claim, profile } = data.found;
  if (data.found.story === null) return { ...data, found: { claim, profile, story: null } };
  const story = check(data.found.story);
  if ('message' in story) return `found.story.${story.path.join('.')} ${story.message}`;
  return { ...data, found: { claim, profile, story } };
}

/** The first of the schema's complaints, and where it applies. */
export function complaintOf({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? 'is not right' : `${issue.path.join('.') || 'the whole'}: ${issue.message}`;
}
