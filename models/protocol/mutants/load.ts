import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
  const loaded: unknown = await import(/* @vite-ignore */ urlOf(code).href);
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
  return urlOf(await codeOf(main, edit, source));
}

function urlOf(code: string): URL {
  return new URL(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

/** The code of a program, whose source is as if it stood in this folder. */
async function codeOf(main: string, { file, start, end, replacement }: SourceEdit, source: string) {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const contents = `${source.slice(0, start)}${replacement}${source.slice(end)}`;
  const { outputFiles } = await build({
    stdin: { contents: main, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    plugins: [
      {
        name: 'edit',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === `${root}${file}` ? { contents, loader: 'ts' } : undefined,
          );
        },
      },
    ],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}

function isJudge(value: unknown): value is typeof judging {
  return typeof value === 'object' && value !== null && 'judge' in value && typeof value.judge === 'function';
}
