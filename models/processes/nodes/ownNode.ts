import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programWith } from '../../mutants/load.ts';
import type { Edit, RuleChange } from '../../mutants/mutant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
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

/** The command that runs a node, with its first arguments. */
export interface ProgramCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** The reason in a line of our node's standard error that reports a rejected message: one that no correct node sends. */
export function rejectionIn(line: string): string | undefined {
  return /(?:^|"msg":")rejected: ([^"]*)/.exec(line)?.[1];
}

/** How our own node differs from the released one. */
export interface NodeVariant {
  /** The mutant to load, if any. */
  readonly ruleChange: RuleChange | undefined;
  /** Milliseconds by which each write to disk is delayed. A `kill -9` in the meantime loses the write. */
  readonly diskLatency: number;
}

/** The command of our own node, as a Maelstrom node or as a server. Bundles it first if it differs from the released one. */
export async function ownNode(
  kind: keyof typeof programs,
  { ruleChange, diskLatency }: NodeVariant,
): Promise<ProgramCommand> {
  const { file, args, main } = programs[kind];
  const edits = [...(ruleChange?.edits ?? []), ...(diskLatency > 0 ? [slowed(diskLatency)] : [])];
  if (edits.length === 0) return { command: join(root, file), args };
  // Node resolves its packages only inside the project.
  const directory = join(root, 'dist/mutants');
  mkdirSync(directory, { recursive: true });
  const name = ruleChange?.name ?? 'slow-disk';
  const bundle = join(directory, `${kind}-${name}-${diskLatency}.mjs`);
  writeFileSync(bundle, await programWith(name, edits, main));
  return { command: process.execPath, args: [bundle] };
}

/** The edit that delays each write of a durable node by this many milliseconds. */
function slowed(diskLatency: number): Edit {
  const find =
    '    await journal.append(framesOf(superblock, plan.image.log, plan.after, place.segmentBytes));\n';
  const wait = `    await new Promise((resolve) => setTimeout(resolve, ${diskLatency}));\n`;
  return { file: 'node/storage/durable/durableStorage.ts', find, replace: wait + find };
}
