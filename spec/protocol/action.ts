import type { State } from './state/state.ts';

/** One clause of a guard. */
export interface Rule<Step> {
  /** In kebab-case, unique in its action. */
  readonly name: string;
  /** What the rule demands. */
  readonly sentence: string;
  holds(state: State, step: Step): boolean;
}

/**
 * Something that may happen to the group, at any moment at which its rules hold. A step names it and says to which replica it
 * happens, with which messages.
 */
export interface Action<Step> {
  /** Where the paper describes it. */
  readonly section: string;
  readonly rules: readonly Rule<Step>[];
  /** The state afterwards. It may assume that the rules hold. */
  next(state: State, step: Step): State;
}

/** A rule that a step breaks. */
export interface Broken {
  readonly rule: string;
  readonly sentence: string;
  readonly section: string;
}

/** The first rule that the step breaks, or undefined if it is allowed. A rule may assume those before it. */
export function brokenRule<Step>(
  { section, rules }: Pick<Action<Step>, 'section' | 'rules'>,
  state: State,
  step: Step,
): Broken | undefined {
  for (const { name, sentence, holds } of rules)
    if (!holds(state, step)) return { rule: name, sentence, section };
  return undefined;
}
