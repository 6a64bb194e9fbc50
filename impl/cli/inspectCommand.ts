import { existsSync } from 'node:fs';
import { type Inspection, inspectDirectory } from '../node/storage/inspectDirectory.ts';
import { StorageError } from '../node/storage/stableStorage.ts';
import { encodeEntry } from '../replica/data/entry.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { grouped } from '../terminal/columns.ts';

/** `viewstamped inspect`: shows and verifies what a replica's directory holds. */
export function inspect(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped inspect',
      summary:
        "Shows what a replica's directory holds, and verifies all checksums. It changes nothing, and the server may run meanwhile.\n" +
        'Exit codes: 0 all is intact, 1 something is corrupt, 2 usage, no directory of a replica, or one that cannot be read.',
      options: {
        entries: { type: 'boolean', help: 'print the entries of the log, a line of JSON each' },
        state: {
          type: 'boolean',
          help: "print the service's state in the checkpoint, a line of JSON for each name",
        },
        json: { type: 'boolean', help: 'print the report as JSON' },
      },
      positionals: {
        value: 'DIR',
        help: 'the directory that the server was given as --data',
        atLeast: 1,
        atMost: 1,
      },
    },
    async ({ values, positionals: [directory = ''] }) => {
      if (!existsSync(directory))
        throw new UsageError(`${directory} does not exist: name the directory of --data.`);
      const inspection = await inspectDirectory(directory).catch((error: unknown) => {
        if (error instanceof StorageError && error.problem === 'corrupt') return error.message;
        throw error;
      });
      if (typeof inspection === 'string') {
        process.stderr.write(`${corruptLine(inspection)}\n`);
        return 1;
      }
      for (const line of linesOf(inspection, values)) process.stdout.write(`${line}\n`);
      if (values.entries || values.state)
        for (const finding of inspection.findings) process.stderr.write(`${corruptLine(finding)}\n`);
      return inspection.findings.length === 0 ? 0 : 1;
    },
    argv,
  );
}

interface Choice {
  readonly entries?: boolean | undefined;
  readonly state?: boolean | undefined;
  readonly json?: boolean | undefined;
}

function* linesOf(inspection: Inspection, { entries, state, json }: Choice): Generator<string> {
  const { log, checkpoint } = inspection.content.image;
  if (entries === true) {
    let opNumber = log.base;
    for (const entry of log.entriesAfter(log.base)) yield JSON.stringify([++opNumber, ...encodeEntry(entry)]);
  }
  if (state === true) for (const each of checkpoint?.state.entries() ?? []) yield JSON.stringify(each);
  if (entries === true || state === true) return;
  yield* json === true ? [JSON.stringify(reportOf(inspection), null, 2)] : textOf(inspection);
}

function reportOf({ content, starts, files, findings }: Inspection): object {
  return { ...content.superblock, starts: starts.own.length, files, findings };
}

function textOf({ content, starts, files, findings }: Inspection): readonly string[] {
  const { image, superblock } = content;
  const { log, checkpoint, halted } = image;
  const bytes = Object.values(files).reduce((sum, length) => sum + length, 0);
  const entries = log.length === log.base ? 'no entries' : `entries ${log.base + 1} to ${log.length}`;
  return [
    `replica      ${superblock.replica} of the group ${superblock.group}`,
    `storage      ${superblock.store}, opened ${superblock.incarnation} times, started ${starts.own.length} times`,
    `member       ${superblock.founders.length > 0 ? 'yes' : 'no: the group was not founded with this storage'}`,
    `view         ${image.viewNumber}, last normal view ${image.lastNormalView}`,
    `commit       ${image.commitNumber}`,
    `log          ${entries}, checksum ${log.checksum}`,
    `checkpoint   ${checkpoint === undefined ? 'none' : checkpointText(checkpoint)}`,
    ...(halted === undefined
      ? []
      : [`halted       the ${halted.part} at entry ${halted.opNumber} differed from that of the others`]),
    `files        ${Object.keys(files).length}, ${grouped(bytes)} bytes`,
    ...findings.map(corruptLine),
    ...(image.isCorrupt
      ? ['incomplete   entries are missing that storage once held: the replica fetches them from the others']
      : []),
    ...(findings.length === 0 ? ['All checksums are right.'] : []),
  ];
}

function checkpointText({
  opNumber,
  state,
  table,
}: NonNullable<Inspection['content']['image']['checkpoint']>): string {
  return `after entry ${opNumber}: ${grouped(state.size)} names of state, ${grouped(table.size)} clients, digest ${state.digest}`;
}

function corruptLine(finding: string): string {
  return `CORRUPT      ${finding}`;
}
