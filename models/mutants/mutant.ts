import type { StorageMode } from '../../impl/index.ts';

/** One replacement in the source of impl/. */
export interface Edit {
  /** Relative to impl/. */
  readonly file: string;
  /** The exact text that is replaced. It must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The guarantee that a mutant breaks. Others may break along with it, or sooner. */
export type BrokenGuarantee =
  | 'agreement'
  | 'durability'
  | 'exactly-once'
  | 'validity'
  | 'monotonic'
  | 'liveness';

/** A kind of group: its size and its storage mode. */
export interface GroupSetup {
  readonly replicas: number;
  readonly mode: StorageMode;
}

/** A rule of the protocol, and the edits that remove it from the source of impl/. */
export interface RuleChange {
  /** In kebab-case. */
  readonly name: string;
  /** The rule that is removed, in one sentence. */
  readonly rule: string;
  /** Where the paper states it, such as `VRR §4.1`. */
  readonly section: string;
  readonly edits: readonly Edit[];
}

/**
 * A hand-written mutant: an implementation that lacks one rule, so that some property must break. To add one, add an entry
 * to the file of its area in catalogue/; no other list names it. `npm run mutants -- NAME --keep` then hunts it and keeps
 * its shortest trace, and `npm run reasons` writes its page.
 */
export interface Mutant extends RuleChange {
  /** The consequence of removing the rule, in a sentence or two. */
  readonly without: string;
  readonly guarantee: BrokenGuarantee;
  /** The implementations or papers that had this bug. */
  readonly seen?: string | undefined;
  /** Given where the mutant is in the catalogue of known bugs. The others were written for this code. */
  readonly origin?: 'catalogue';
  /** All groups of 3 to 5 replicas in which it can break a property, or a smaller one if it breaks none in those. */
  readonly setups: readonly GroupSetup[];
  /**
   * The length of the shortest trace in the catalogue of known bugs, reproduced there or estimated. Its steps are larger:
   * writes are durable at once, and a request arrives in the step that sends it. So more steps may be needed here.
   */
  readonly shortestKnown?: { readonly steps: number; readonly estimated: boolean } | undefined;
}

/** A tolerated mutant: removing its rule alone breaks no property. */
export interface ToleratedMutant extends RuleChange {
  /** Why nothing breaks. */
  readonly because: string;
}

/** The groups of these sizes, in one mode. */
export function groups(mode: StorageMode, ...sizes: readonly number[]): readonly GroupSetup[] {
  return sizes.map((replicas) => ({ replicas, mode }));
}

/** Replicas that restart with everything that they had made durable. */
export const durable: readonly GroupSetup[] = groups('durable', 3, 4, 5);

/** Replicas that restart with their view-number alone. */
export const diskless: readonly GroupSetup[] = groups('diskless', 3, 4, 5);

/** All groups of 3 to 5 replicas, in both modes. */
export const everywhere: readonly GroupSetup[] = [...durable, ...diskless];

/** Groups whose quorums share exactly one replica. In a group of four they share two, so one vote too few breaks nothing. */
export const oddSizes: readonly GroupSetup[] = everywhere.filter(({ replicas }) => replicas % 2 === 1);

/** Thrown when the source has changed, so that the edits of a mutant no longer apply. */
export class StaleMutantError extends Error {
  override readonly name = 'StaleMutantError';
  readonly mutant: string;
  readonly file: string;
  /** How often the text occurs that must occur once. */
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
