import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { toleratedMutants } from '../../mutants/tolerated.ts';
import { type Replayed, replay } from '../../trace/replay.ts';
import { settling } from '../../trace/settling.ts';
import { BadFile } from '../files/badFile.ts';
import { replaceFile } from '../files/keptFile.ts';
import { mutationRunFile, protocolRunFile, readMutationRun } from '../table/mutationRunFile.ts';
import { readTolerated, toleratedFile } from '../tolerated/runsFile.ts';
import { keptTrace } from '../traces/keptTraces.ts';
import { contentsOf } from './contents.ts';
import { pageOf } from './page.ts';
import { refinementPage } from './refinement.ts';

/** The texts of the pages, by file name. */
export type Pages = ReadonlyMap<string, string>;

/** The present texts of all pages. Throws a `BadFile` where a kept trace is not reproduced. */
export async function writtenPages(): Promise<Pages> {
  const mutationRun = readMutationRun(mutationRunFile);
  const pages = new Map([
    [
      'README.md',
      contentsOf(mutants, mutationRun, { ruleChanges: toleratedMutants, runs: readTolerated(toleratedFile) }),
    ],
  ]);
  const protocolRun = readMutationRun(protocolRunFile);
  if (protocolRun !== undefined)
    pages.set('refinement.md', refinementPage(mutants, protocolRun, mutationRun));
  for (const mutant of mutants)
    pages.set(`${mutant.name}.md`, pageOf(mutant, await traceOf(mutant), mutationRun));
  return pages;
}

async function traceOf(mutant: Mutant): Promise<Replayed | undefined> {
  const { name } = mutant;
  const trace = keptTrace(name);
  if (trace === undefined) return undefined;
  const replayed = replay(await loadImplementation(mutant), trace, settling);
  if (replayed.outcome.kind === 'reproduced') return replayed;
  throw new BadFile(
    `The kept trace of ${name} is no longer reproduced. Run npm run mutants -- ${name} --keep to keep another.`,
  );
}

/** The names of files that are outdated, missing, or pages of no mutant. */
export function outdatedPages(folder: string, pages: Pages): readonly string[] {
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const changed = [...pages].flatMap(([name, text]) => {
    const file = join(folder, name);
    return existsSync(file) && readFileSync(file, 'utf8') === text ? [] : [name];
  });
  return [...changed, ...there.filter((name) => name.endsWith('.md') && !pages.has(name))].sort();
}

/** Writes the outdated and missing pages and removes those of no mutant. Returns their names. */
export function updatePages(folder: string, pages: Pages): readonly string[] {
  const outdated = outdatedPages(folder, pages);
  mkdirSync(folder, { recursive: true });
  for (const name of outdated) {
    const text = pages.get(name);
    if (text === undefined) rmSync(join(folder, name));
    else replaceFile(join(folder, name), text);
  }
  return outdated;
}
