import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conformance, type IllegalStep } from '../../models/conform/conform.ts';
import { type Line, startLine, stepLine } from '../../models/conform/format/line.ts';
import { root } from '../root.ts';

/** What came of judging traces. */
export interface Judged {
  readonly illegal: IllegalStep | undefined;
  readonly notes: readonly string[];
  readonly lines: number;
  readonly taken: ReadonlyMap<string, number>;
}

/** Judges these files. */
export function judged(files: readonly string[], isWhole = true): Judged {
  const conformance = new Conformance(files, isWhole);
  try {
    while (conformance.advance(1000));
    const { illegal, lines, run } = conformance;
    return { illegal, notes: conformance.notes(), lines, taken: run.taken };
  } finally {
    conformance.close();
  }
}

/** Calls with a folder that is removed afterwards. */
export function inFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The traces of the toy replicas, by replica. They share no code with the project. */
export const toyTraces: readonly (readonly Line[])[] = inFolder((folder) => {
  const toy = join(root, 'properties/conform/toyReplicas.mjs');
  const { status, stderr } = spawnSync(process.execPath, [toy, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return [0, 1, 2].map((number) =>
    linesOf(readFileSync(join(folder, `r${number}.jsonl`), 'utf8')).map((text) => lineOf(JSON.parse(text))),
  );
});

/** Writes traces into the folder, and gives the names of the files. */
export function written(folder: string, traces: readonly (readonly unknown[])[]): readonly string[] {
  return traces.map((lines, number) => {
    const file = join(folder, `r${number}.jsonl`);
    writeFileSync(
      file,
      lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
    );
    return file;
  });
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function lineOf(value: unknown): Line {
  const isStart = typeof value === 'object' && value !== null && 'format' in value;
  return isStart ? startLine.parse(value) : stepLine.parse(value);
}
