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

/** The file for the shortest known trace of the mutant. It does not exist if none is known. */
export function traceFile(mutant: string): string {
  return `${folder}${mutant}.json`;
}

/** The kept trace of the mutant, or undefined if there is none. Throws a `BadCounterexample`. */
export function keptTrace(mutant: string): Counterexample | undefined {
  const file = traceFile(mutant);
  return existsSync(file) ? readCounterexample(file) : undefined;
}

/** Keeps the trace if it is better than the kept one. Returns whether it is. */
export async function keepTrace(mutant: string, trace: Counterexample): Promise<boolean> {
  if (!(await isReproduced(mutant, trace))) throw new Error(`A trace of ${mutant} cannot be replayed.`);
  const kept = keptTrace(mutant);
  const isBetter = kept === undefined || comesBefore(trace, kept) || !(await isReproduced(mutant, kept));
  if (isBetter) replaceFile(traceFile(mutant), textOf(trace));
  return isBetter;
}

/** Whether one trace is better than the other: shorter, or as short and known to be minimal. */
export function comesBefore(one: Measured, other: Measured): boolean {
  return one.steps < other.steps || (one.steps === other.steps && one.minimal && !other.minimal);
}

/** What decides how good a trace is. */
export type Measured = Pick<Counterexample, 'steps' | 'minimal'>;

/** Whether the trace breaks the recorded property at the recorded event, with the mutant as it is now. */
async function isReproduced(mutant: string, trace: Counterexample): Promise<boolean> {
  if (trace.mutant !== mutant) return false;
  const implementation = await loadImplementation(mutantNamed(mutant));
  return replay(implementation, trace, settling).outcome.kind === 'reproduced';
}
