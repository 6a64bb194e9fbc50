import type { StorageMode } from '../../impl/index.ts';

/** One replacement in the source of impl/. */
export interface Edit {
  /** Relative to impl/. */
  readonly file: string;
  /** The exact text that is replaced. It must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** What a mutant breaks, as the catalogue sorts it. Other guarantees may break along with it, or sooner. */
export type BrokenGuarantee =
  | 'agreement'
  | 'durability'
  | 'exactly-once'
  | 'validity'
  | 'monotonic'
  | 'liveness';

/** A group in which something is tried. */
export interface Group {
  readonly replicas: number;
  readonly mode: StorageMode;
}

/** A rule taken out of the source. */
export interface RuleChange {
  /** In kebab-case; that of the catalogue, if it is there. */
  readonly name: string;
  /** The rule that is removed, in one sentence. */
  readonly rule: string;
  /** Where the paper says so. */
  readonly section: string;
  readonly edits: readonly Edit[];
}

/** A way to get the protocol wrong: one rule taken out of the source, to see whether anybody notices. */
export interface Mutant extends RuleChange {
  /** What happens without the rule, in a sentence or two. */
  readonly without: string;
  readonly guarantee: BrokenGuarantee;
  /** Whose code, or which paper, had it. */
  readonly seen: string | undefined;
  /** Whether the catalogue of known bugs has it. The others are ours: what a careful reader of the code would fear. */
  readonly origin: 'catalogue' | 'ours';
  /** All groups of 3 to 5 replicas in which it can do harm. */
  readonly setups: readonly Group[];
  /**
   * The shortest trace known to the catalogue, where writes are durable at once and a client's request arrives in the
   * step that sends it: here some more steps may be needed. Estimated, or else reproduced.
   */
  readonly shortestKnown: { readonly steps: number; readonly estimated: boolean } | undefined;
}

/** A rule that is there for comfort: taken out alone, it breaks nothing that is promised. */
export interface ToleratedMutant extends RuleChange {
  /** Why nothing breaks. */
  readonly because: string;
}

/** The groups of these sizes, in one mode. */
export function groups(mode: StorageMode, ...sizes: readonly number[]): readonly Group[] {
  return sizes.map((replicas) => ({ replicas, mode }));
}

/** Replicas that come back with everything they had made durable. */
export const durable: readonly Group[] = groups('durable', 3, 4, 5);

/** Replicas that come back with their view-number alone. */
export const diskless: readonly Group[] = groups('diskless', 3, 4, 5);

/** All groups that are tried. */
export const everywhere: readonly Group[] = [...durable, ...diskless];

/** Groups whose quorums share exactly one replica. In a group of four they share two, so one vote too few still does. */
export const oddSizes: readonly Group[] = everywhere.filter(({ replicas }) => replicas % 2 === 1);

/** The source has changed under a mutant: it no longer says what it removes. */
export class StaleMutantError extends Error {
  override readonly name = 'StaleMutantError';
  readonly mutant: string;
  readonly file: string;
  /** How often the text occurs that should occur once. */
  readonly count: number;

  constructor(mutant: string, { file, find }: Edit, count: number) {
    super(
      `The mutant ${mutant} is stale: in impl/${file} the text it replaces occurs ${count} times, not once.\n` +
        `It looks for:\n${find}`,
    );
    this.mutant = mutant;
    this.file = file;
    this.count = count;
  }
}

/** The source with the edit. Throws a StaleMutantError unless its text occurs there exactly once. */
export function edited(mutant: string, edit: Edit, source: string): string {
  const [before = '', after, ...more] = source.split(edit.find);
  if (edit.find === '' || after === undefined || more.length > 0) {
    const count = edit.find === '' ? 0 : source.split(edit.find).length - 1;
    throw new StaleMutantError(mutant, edit, count);
  }
  return before + edit.replace + after;
}
