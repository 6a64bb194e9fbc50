import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { z } from 'zod';
import { root } from '../root.ts';

const packageFile = z.object({
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
});
const { exports } = packageFile.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** An entry point of the package: its name, and its file without the ending. */
export interface EntryPoint {
  /** `core` for the package's own name, and the part after it for the others. */
  readonly name: string;
  /** Relative to the folder of the built files. */
  readonly file: string;
}

/** The entry points that package.json exports. */
export const entryPoints: readonly EntryPoint[] = Object.entries(exports).flatMap(([path, target]) =>
  typeof target === 'string'
    ? []
    : {
        name: path === '.' ? 'core' : path.slice(2),
        file: posix.relative('dist', target.default).slice(0, -3),
      },
);

/** Builds the package in a new folder of the checkout, and yields its path. The caller removes it. */
export function built(): string {
  // Packages are resolved only within the checkout.
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist/built-'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', folder, '--pretty', 'false'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The package does not compile:\n${stdout}`);
  return folder;
}
