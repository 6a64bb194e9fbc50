import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ablationNamed } from '../mutants/catalogue/index.ts';
import { loadImplementation } from '../mutants/load.ts';
import { type Counterexample, readCounterexample, textOf } from '../trace/counterexample.ts';
import { replay } from '../trace/replay.ts';
import { settling } from '../trace/settling.ts';
import { replaceFile } from './kept.ts';

const folder = fileURLToPath(new URL('../mutants/traces/', import.meta.url));

/** The file that keeps the shortest known story of the ablation, if anybody has found one. */
export function traceFile(ablation: string): string {
  return `${folder}${ablation}.json`;
}

/** The story that is kept, or undefined if there is none. Throws a `BadCounterexample`. */
export function keptTrace(ablation: string): Counterexample | undefined {
  const file = traceFile(ablation);
  return existsSync(file) ? readCounterexample(file) : undefined;
}

/** Keeps the story, if that is better than what is kept. Yields whether it is. */
export async function keepTrace(ablation: string, story: Counterexample): Promise<boolean> {
  if (!(await isRepeatable(ablation, story))) throw new Error(`A story of ${ablation} does not repeat.`);
  const kept = keptTrace(ablation);
  const isBetter = kept === undefined || comesBefore(story, kept) || !(await isRepeatable(ablation, kept));
  if (isBetter) replaceFile(traceFile(ablation), textOf(story));
  return isBetter;
}

/** Whether one story is better kept than the other: it is shorter, or as short and known to be minimal. */
export function comesBefore(one: Measured, other: Measured): boolean {
  return one.steps < other.steps || (one.steps === other.steps && one.minimal && !other.minimal);
}

/** How good a story is. */
export type Measured = Pick<Counterexample, 'steps' | 'minimal'>;

/** Whether the story breaks its claim where it should, by that ablation as it is now. */
async function isRepeatable(ablation: string, story: Counterexample): Promise<boolean> {
  if (story.ablation !== ablation) return false;
  const implementation = await loadImplementation(ablationNamed(ablation));
  return replay(implementation, story, settling).outcome.kind === 'reproduced';
}
