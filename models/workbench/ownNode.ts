import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Removal } from '../ablations/ablation.ts';
import { programWith } from '../ablations/load.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = "import { maelstrom } from './maelstrom.ts'; await maelstrom(process.argv.slice(2));";

/** What runs a node, with its first arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Our own node, as it is or with a planted bug. */
export async function ownNode(removal: Removal | undefined): Promise<Program> {
  if (removal === undefined) return { command: join(root, 'impl/cli/maelstrom.mjs'), args: [] };
  // Outside of the project it would not find its packages.
  const directory = join(root, 'dist/planted');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${removal.name}.mjs`);
  writeFileSync(file, await programWith(removal, main));
  return { command: process.execPath, args: [file] };
}
