import type { Edit } from '../../mutants/mutant.ts';
import type { FaultKind } from '../faults.ts';
import type { RoomProperty } from '../judge.ts';
import { drawPlan, type RoomPlan, type RoomScope } from '../plan.ts';

/** A shell that lacks one rule, so that a run in the room must break a property. */
export interface ShellMutant {
  /** In kebab-case. */
  readonly name: string;
  /** The rule that is removed. */
  readonly rule: string;
  /** What happens without it. */
  readonly without: string;
  readonly edits: readonly Edit[];
  /** Faults that reveal it; one that is named more often strikes more often. */
  readonly faults: readonly FaultKind[];
  /** What else a run needs that reveals it. The rest is drawn. */
  readonly options?: Partial<Omit<RoomScope, 'faults'>>;
  /** The properties that it breaks, one in each run. */
  readonly breaks: readonly RoomProperty[];
}

/** A plan with the faults that reveal a mutant. */
export function revealingPlan(
  seed: number,
  { faults, options = {} }: Pick<ShellMutant, 'faults' | 'options'>,
): RoomPlan {
  return drawPlan(seed, faults, { ...options, faults });
}
