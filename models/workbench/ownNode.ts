import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Removal } from '../ablations/ablation.ts';
import { programWith } from '../ablations/load.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = {
  maelstrom: {
    file: 'impl/cli/maelstrom.mjs',
    args: [],
    main: "import { maelstrom } from './maelstrom.ts'; await maelstrom(process.argv.slice(2));",
  },
  server: {
    file: 'impl/cli/viewstamped.mjs',
    args: ['server'],
    main: "import { server } from './server.ts'; await server(process.argv.slice(2));",
  },
} as const;

/** What runs a node, with its first arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Why our own node refused a message that no correct node can have sent, if this line of its standard error says so. */
export function refusalIn(line: string): string | undefined {
  return /(?:^|"msg":")refused: ([^"]*)/.exec(line)?.[1];
}

/** Our own node, for Maelstrom or as a server, as it is or with a planted bug. */
export async function ownNode(kind: keyof typeof programs, removal: Removal | undefined): Promise<Program> {
  const { file, args, main } = programs[kind];
  if (removal === undefined) return { command: join(root, file), args };
  // Outside of the project it would not find its packages.
  const directory = join(root, 'dist/planted');
  mkdirSync(directory, { recursive: true });
  const planted = join(directory, `${kind}-${removal.name}.mjs`);
  writeFileSync(planted, await programWith(removal, main));
  return { command: process.execPath, args: [planted] };
}
