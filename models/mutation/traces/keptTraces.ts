import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mutantNamed } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import { readCounterexample, textOf } from '../../trace/file/counterexampleFile.ts';
import { replay } from '../../trace/replay.ts';
import { settling } from '../../trace/settling.ts';
import { replaceFile } from '../files/keptFile.ts';

const folder = fileURLToPath(new URL('../../mutants/traces/', import.meta.url));

/** The file that keeps the shortest known trace of the mutant, if anybody has found one. */
export function traceFile(mutant: string): string {
  return `${folder}${mutant}.json`;
}

/** The trace that is kept, or undefined if there is none. Throws a `BadCounterexample`. */
export function keptTrace(mutant: string): Counterexample | undefined {
  const file = traceFile(mutant);
  return existsSync(file) ? readCounterexample(file) : undefined;
}

/** Keeps the trace, if that is better than what is kept. Yields whether it is. */
export async function keepTrace(mutant: string, trace: Counterexample): Promise<boolean> {
  if (!(await isRepeatable(mutant, trace))) throw new Error(`A trace of ${mutant} does not repeat.`);
  const kept = keptTrace(mutant);
  const isBetter = kept === undefined || comesBefore(trace, kept) || !(await isRepeatable(mutant, kept));
  if (isBetter) replaceFile(traceFile(mutant), textOf(trace));
  return isBetter;
}

/** Whether one trace is better kept than the other: it is shorter, or as short and known to be minimal. */
export function comesBefore(one: Measured, other: Measured): boolean {
  return one.steps < other.steps || (one.steps === other.steps && one.minimal && !other.minimal);
}

/** How good a trace is. */
export type Measured = Pick<Counterexample, 'steps' | 'minimal'>;

/** Whether the trace breaks its property where it should, by that mutant as it is now. */
async function isRepeatable(mutant: string, trace: Counterexample): Promise<boolean> {
  if (trace.mutant !== mutant) return false;
  const implementation = await loadImplementation(mutantNamed(mutant));
  return replay(implementation, trace, settling).outcome.kind === 'reproduced';
}
