import type { Mutant, RuleChange } from '../mutant.ts';
import { toleratedMutants } from '../tolerated.ts';
import { batches } from './batches.ts';
import { checkpoints } from './checkpoints.ts';
import { clientsAndTheirTable } from './clients.ts';
import { clocks } from './clocks.ts';
import { connections } from './connections.ts';
import { counting } from './counting.ts';
import { divergence } from './divergence.ts';
import { failures } from './failures.ts';
import { frames } from './frames.ts';
import { joiningMutants } from './joining.ts';
import { memory } from './memory.ts';
import { messages } from './messages.ts';
import { normalOperation } from './normal.ts';
import { predictions } from './predictions.ts';
import { recovery } from './recovery.ts';
import { sessions } from './sessions.ts';
import { starts } from './starts.ts';
import { stateTransfer } from './stateTransfer.ts';
import { statuses } from './statuses.ts';
import { timers } from './timers.ts';
import { traffic } from './traffic.ts';
import { votes } from './votes.ts';
import { writes } from './writes.ts';

/** All mutants that break a property, by area. A new mutant is an entry in the file of its area. */
export const mutants: readonly Mutant[] = [
  ...normalOperation,
  ...batches,
  ...predictions,
  ...clocks,
  ...clientsAndTheirTable,
  ...sessions,
  ...failures,
  ...divergence,
  ...joiningMutants,
  ...votes,
  ...starts,
  ...stateTransfer,
  ...recovery,
  ...memory,
  ...checkpoints,
  ...counting,
  ...messages,
  ...statuses,
  ...writes,
  ...timers,
  ...traffic,
  ...connections,
  ...frames,
];

/** All mutants, with the tolerated ones. */
const ruleChanges: readonly RuleChange[] = [...mutants, ...toleratedMutants];

/** The mutant with this name, tolerated or not. Throws an UnknownMutantError if there is none. */
export function ruleChangeNamed(name: string): RuleChange {
  return named(ruleChanges, name);
}

/** Whether there is a mutant with this name, tolerated or not. */
export function isRuleChange(name: string): boolean {
  return ruleChanges.some((ruleChange) => ruleChange.name === name);
}

/** The mutant with this name, unless it is tolerated. Throws an UnknownMutantError if there is none. */
export function mutantNamed(name: string): Mutant {
  return named(mutants, name);
}

function named<Kind extends RuleChange>(all: readonly Kind[], name: string): Kind {
  const found = all.find((candidate) => candidate.name === name);
  if (found === undefined) throw new UnknownMutantError(name);
  return found;
}

/** Thrown for a name that no mutant has. The message lists the nearest names and all names. */
export class UnknownMutantError extends Error {
  override readonly name = 'UnknownMutantError';
  /** The names that are most like the unknown one. */
  readonly nearest: readonly string[];

  constructor(wanted: string) {
    const names = ruleChanges.map(({ name }) => name);
    const nearest = names
      .toSorted((one, other) => distance(wanted, one) - distance(wanted, other))
      .slice(0, 3);
    const near = nearest.join(', ');
    super(
      `There is no mutant '${wanted}'. The nearest are ${near}. There are: ${names.toSorted().join(', ')}.`,
    );
    this.nearest = nearest;
  }
}

/** The edit distance: how many characters must be inserted, removed or replaced to turn one text into the other (Levenshtein 1966). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, wanted] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (character === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
