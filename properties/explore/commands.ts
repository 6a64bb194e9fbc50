import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { root } from '../root.ts';
import { type Ran, runCommand } from '../running.ts';

/** Options for a budget that is exhausted at once. */
export const tiny = ['--mode', 'diskless', '--requests', '1', '--timeouts', '0'];

/** A folder for the files of one test. */
export let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a command that keeps its files in a directory that it has to make. */
export function run(command: 'explore' | 'minimise', ...args: readonly string[]): Ran {
  return runCommand(command, [...args, '--out', join(folder, 'out')]);
}

/** The paths of the files that a command kept. */
export function kept(): readonly string[] {
  const out = join(folder, 'out');
  return existsSync(out) ? readdirSync(out).map((name) => join(out, name)) : [];
}

/** The path of the one file that a command kept and named. */
export function keptBy({ out }: Ran): string {
  const [path = '', ...others] = kept();
  expect(others).toEqual([]);
  expect(out).toContain(`Counterexample: ${path}\nReplay it:      npm run replay -- ${path}\n`);
  return path;
}

/** The command that users are pointed to must confirm the file. */
export function expectToReplay(path: string): void {
  expect(runCommand('replay', [path])).toMatchObject({ code: 0, err: '' });
}

/** Help must list these options and those that every command has. */
export function expectHelpToList(help: Ran, options: readonly string[]): void {
  expect(help).toMatchObject({ code: 0, err: '' });
  const listed = [...help.out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual([...options, 'out', 'seed', 'help'].toSorted());
}

const traces = join(root, 'properties/replay/traces');

/** The path of a copy of this mutant's kept trace, so that a command gone wrong harms no file of the project. */
export function copyOf(mutant: string): string {
  const name = readdirSync(traces).find((file) => file.startsWith(`${mutant}-`)) ?? '';
  const copy = join(folder, name);
  copyFileSync(join(traces, name), copy);
  return copy;
}
