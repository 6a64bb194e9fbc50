import { type BuildOptions, build } from 'esbuild';

/** The code of a program, and which of the given files it does not use. */
interface Bundle {
  readonly code: string;
  readonly unused: readonly string[];
}

/** The code of a program as one module, with these texts in place of some files, which are given by their full paths. */
export async function bundled(
  sources: ReadonlyMap<string, string>,
  entry: Pick<BuildOptions, 'stdin' | 'entryPoints' | 'alias' | 'external' | 'packages' | 'footer'>,
): Promise<Bundle> {
  const unused = new Set(sources.keys());
  const { outputFiles } = await build({
    ...entry,
    plugins: [
      {
        name: 'sources',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const contents = sources.get(path);
            unused.delete(path);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          });
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
  return { code: outputFiles.map(({ text }) => text).join(''), unused: [...unused] };
}

/** The address of a module with this code. It cannot import packages by name. */
export function addressOf(code: string): string {
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}
