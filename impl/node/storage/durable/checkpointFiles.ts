import { join } from 'node:path';
import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import { isClientTable } from '../../../replica/data/clientTable.ts';
import { framesOfLeaves, LeafTables } from './checkpointLeaves.ts';
import { headerLength, headerProblem, nameOf, seedOf } from './journal/fileHeader.ts';
import type { JournalPlace } from './journal/journal.ts';
import { framesIn } from './journal/readFrames.ts';
import { type WrittenFrames, writeFrames } from './journal/writeFrames.ts';
import type { CheckpointFile, Superblock } from './superblock.ts';

/**
 * A checkpoint is kept in files of frames: the first file has all of its leaves, and each later one those that have changed since.
 * Once the later ones are as large as the first, or too many, a new checkpoint is written whole.
 */
const mostFiles = 16;

/** A checkpoint with its files. */
export interface StoredCheckpoint {
  readonly checkpoint: Checkpoint | undefined;
  readonly files: readonly CheckpointFile[];
}

/** Writes a checkpoint durably, as what has changed since the stored one or whole, and yields its files. */
export async function writeCheckpoint(
  place: JournalPlace,
  stored: StoredCheckpoint,
  checkpoint: Checkpoint,
  number: number,
): Promise<readonly CheckpointFile[]> {
  const [first, ...later] = stored.files;
  const changed = later.reduce((sum, { bytes }) => sum + bytes, 0);
  const isWhole = first === undefined || changed >= first.bytes || stored.files.length >= mostFiles;
  const before = isWhole ? undefined : stored.checkpoint;
  const file = { number, bytes: await writeLeaves(place, number, before, checkpoint) };
  return isWhole ? [file] : [...stored.files, file];
}

async function writeLeaves(
  { files, directory, store }: JournalPlace,
  number: number,
  before: Checkpoint | undefined,
  after: Checkpoint,
): Promise<number> {
  const framed = { kind: 'checkpoint', number, store } as const;
  const file = await files.open(join(directory, nameOf(framed)), true);
  let end: WrittenFrames;
  try {
    await file.truncate(0);
    end = await writeFrames(file, framed, framesOfLeaves(before, after));
    await file.sync();
  } finally {
    await file.close();
  }
  await files.syncDirectory(directory);
  return end.position;
}

/** Reads the checkpoint that the superblock describes, or yields why it cannot be read. */
export async function readCheckpoint(
  place: JournalPlace,
  { checkpoint, checkpointFiles }: Superblock,
): Promise<Checkpoint | undefined | string> {
  if (checkpoint === null) return undefined;
  const { opNumber, time, checksum } = checkpoint;
  const leaves = new LeafTables();
  for (const [index, file] of checkpointFiles.entries()) {
    const problem = await readLeaves(place, file, leaves, index === 0);
    if (problem !== undefined) return `${nameOf({ kind: 'checkpoint', ...file })}: ${problem}`;
  }
  const [state, table] = [leaves.tree('state'), leaves.tree('table')];
  for (const [part, tree] of [['state', state] as const, ['table', table] as const])
    if (tree.digest !== checkpoint[part]) return `its ${part} is not the one that was written`;
  if (!isClientTable(table)) return 'its client-table is malformed';
  return { opNumber, time, checksum, state, table };
}

async function readLeaves(
  { files, directory, store }: JournalPlace,
  { number, bytes: length }: CheckpointFile,
  leaves: LeafTables,
  isFirst: boolean,
): Promise<string | undefined> {
  const framed = { kind: 'checkpoint', number, store } as const;
  const path = join(directory, nameOf(framed));
  const header = await files.read(path, 0, headerLength);
  if (header === undefined) return 'it is missing';
  const problem = headerProblem(header, framed);
  if (problem !== undefined) return problem;
  let last = { number: 0, end: headerLength };
  for await (const { frame, end } of framesIn(files, path, length, seedOf(framed))) {
    if (frame.number !== last.number + 1) break;
    last = { number: frame.number, end };
    const wrong = leaves.take(frame.payload, isFirst);
    if (wrong !== undefined) return wrong;
  }
  return last.end === length ? undefined : `it is corrupt at byte ${last.end}`;
}
