import { fileURLToPath } from 'node:url';
import { addressOf, bundled } from '../../mutants/bundle.ts';
import type * as judging from './judge.ts';
import type { Reached } from './judge.ts';

/** A change of the source of spec/protocol/: what replaces the text between two offsets of a file. */
export interface SourceEdit {
  /** Relative to the root of the project. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** The module judge.ts, and with it the whole exploration, with the edit in the specification. It shares no state with another. */
export async function judgeWith(edit: SourceEdit, source: string): Promise<typeof judging> {
  const code = await codeOf("export * from './judge.ts';", edit, source);
  const loaded: unknown = await import(/* @vite-ignore */ addressOf(code));
  if (isJudge(loaded)) return loaded;
  throw new Error(`With an edit of ${edit.file}, judge.ts does not export what it should.`);
}

/** A program for a worker: it judges the protocol with the edit, and posts the verdict. */
export async function workerWith(
  edit: SourceEdit,
  source: string,
  reached: readonly Reached[],
): Promise<URL> {
  const main = `
    import { parentPort } from 'node:worker_threads';
    import { judge } from './judge.ts';
    parentPort.postMessage(judge(${JSON.stringify(reached)}));`;
  return new URL(addressOf(await codeOf(main, edit, source)));
}

/** The code of a program, whose source is as if it stood in this folder. */
async function codeOf(main: string, { file, start, end, replacement }: SourceEdit, source: string) {
  const path = fileURLToPath(new URL(`../../../${file}`, import.meta.url));
  const contents = `${source.slice(0, start)}${replacement}${source.slice(end)}`;
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  const { code } = await bundled(new Map([[path, contents]]), {
    stdin: { contents: main, resolveDir, loader: 'ts' },
  });
  return code;
}

function isJudge(value: unknown): value is typeof judging {
  return typeof value === 'object' && value !== null && 'judge' in value && typeof value.judge === 'function';
}
