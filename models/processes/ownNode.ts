import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programWith } from '../mutants/load.ts';
import type { Edit, RuleChange } from '../mutants/mutant.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = {
  maelstrom: {
    file: 'impl/cli/maelstrom.mjs',
    args: [],
    main: "import { maelstrom } from './maelstromCommand.ts'; await maelstrom(process.argv.slice(2));",
  },
  server: {
    file: 'impl/cli/viewstamped.mjs',
    args: ['server'],
    main: "import { server } from './serverCommand.ts'; await server(process.argv.slice(2));",
  },
} as const;

/** What runs a node, with its first arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Why our own node rejected a message that no correct node can have sent, if this line of its standard error says so. */
export function rejectionIn(line: string): string | undefined {
  return /(?:^|"msg":")rejected: ([^"]*)/.exec(line)?.[1];
}

/** What is different in our own node. */
export interface Difference {
  /** A mutant. */
  readonly ruleChange: RuleChange | undefined;
  /** How many milliseconds each write waits before it goes to the disk: what a `kill -9` meets there is lost. */
  readonly diskLatency: number;
}

/** Our own node, for Maelstrom or as a server. */
export async function ownNode(
  kind: keyof typeof programs,
  { ruleChange, diskLatency }: Difference,
): Promise<Program> {
  const { file, args, main } = programs[kind];
  const edits = [...(ruleChange?.edits ?? []), ...(diskLatency > 0 ? [slowed(diskLatency)] : [])];
  if (edits.length === 0) return { command: join(root, file), args };
  // Outside of the project it would not find its packages.
  const directory = join(root, 'dist/mutants');
  mkdirSync(directory, { recursive: true });
  const name = ruleChange?.name ?? 'slow-disk';
  const planted = join(directory, `${kind}-${name}-${diskLatency}.mjs`);
  writeFileSync(planted, await programWith(name, edits, main));
  return { command: process.execPath, args: [planted] };
}

/** What has a durable node wait so many milliseconds before each write. */
function slowed(diskLatency: number): Edit {
  const find = '    await commit(levelDb, operations, { sync: true });\n';
  const wait = `    await new Promise((resolve) => setTimeout(resolve, ${diskLatency}));\n`;
  return { file: 'node/storage/durable/durableStorage.ts', find, replace: wait + find };
}
