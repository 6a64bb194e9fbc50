import type { Broken } from '../../spec/protocol/index.ts';

/** Why a step is not legal. */
export interface Problem {
  /** What the rule demands, or what was seen. */
  readonly sentence: string;
  /** The rule, its action or message, and where the paper describes it. */
  readonly rule: string;
  readonly section: string;
  /** The action or the message that would explain the step, or the field that shows it. */
  readonly about: string;
}

/** A rule of the specification that a step of it breaks. */
export function problemOf({ rule, sentence, section }: Broken, about: string): Problem {
  return { rule, sentence, section, about };
}

/** A replica's own account of its state contradicts the protocol. */
export function contradiction(about: string, sentence: string): Problem {
  return { rule: 'follows-protocol', sentence, section: 'spec/protocol', about };
}
