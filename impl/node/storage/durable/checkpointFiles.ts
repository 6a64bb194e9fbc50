import { join } from 'node:path';
import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import type { CheckpointPart } from '../../../replica/data/messages.ts';
import { changesBetween } from '../../../tree/changes.ts';
import type { Json } from '../../../tree/json.ts';
import type { TreeEntry } from '../../../tree/node.ts';
import { Tree } from '../../../tree/tree.ts';
import { decodeLeaf } from '../../encoding/logEncoding.ts';
import { headerLength, headerProblem, nameOf, seedOf } from './journal/fileHeader.ts';
import { framesFrom } from './journal/frame.ts';
import { type PlannedFrame, parseJson } from './journal/frameContent.ts';
import type { JournalPlace } from './journal/journal.ts';
import { type WrittenFrames, writeFrames } from './journal/writeFrames.ts';
import type { CheckpointFile, Superblock } from './superblock.ts';

/**
 * A checkpoint is kept in files of frames: the first file has all of its leaves, and each later one those that have changed since.
 * Once the later ones are as large as the first, or too many, a new checkpoint is written whole. A frame is a list of leaves, each
 * with its part, its hash, and its names with their values, or null where the leaf is gone.
 */
const parts = ['state', 'table'] as const;
const mostFiles = 16;
/** A frame is written once its leaves have so many characters, so that other work comes in between. */
const charsInFrame = 2 ** 16;

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
    end = await writeFrames(file, framed, framesOf(before, after));
    await file.sync();
  } finally {
    await file.close();
  }
  await files.syncDirectory(directory);
  return end.position;
}

function* framesOf(before: Checkpoint | undefined, after: Checkpoint): Generator<PlannedFrame> {
  const { opNumber } = after;
  let leaves: string[] = [];
  let chars = 0;
  for (const part of parts)
    for (const [hash, leaf] of changesBetween(before?.[part] ?? Tree.empty(), after[part])) {
      const text = `["${part}",${hash},${leaf?.text ?? 'null'}]`;
      leaves.push(text);
      chars += text.length;
      if (chars < charsInFrame) continue;
      yield { payload: `[${leaves.join()}]`, opNumber };
      [leaves, chars] = [[], 0];
    }
  yield { payload: `[${leaves.join()}]`, opNumber };
}

/** Reads the checkpoint that the superblock describes, or yields why it cannot be read. */
export async function readCheckpoint(
  place: JournalPlace,
  { checkpoint, checkpointFiles }: Superblock,
): Promise<Checkpoint | undefined | string> {
  if (checkpoint === null) return undefined;
  const { opNumber, time, checksum } = checkpoint;
  const leaves = new LeafTables();
  for (const file of checkpointFiles) {
    const problem = await readLeaves(place, file, leaves);
    if (problem !== undefined) return `${nameOf({ kind: 'checkpoint', ...file })}: ${problem}`;
  }
  const [state, table] = [leaves.tree('state'), leaves.tree('table')];
  for (const [part, tree] of [['state', state] as const, ['table', table] as const])
    if (tree.digest !== checkpoint[part]) return `its ${part} is not the one that was written`;
  return { opNumber, time, checksum, state, table };
}

async function readLeaves(
  { files, directory, store }: JournalPlace,
  { number, bytes: length }: CheckpointFile,
  leaves: LeafTables,
): Promise<string | undefined> {
  const framed = { kind: 'checkpoint', number, store } as const;
  const all = await files.read(join(directory, nameOf(framed)));
  if (all === undefined) return 'it is missing';
  const problem = headerProblem(all.subarray(0, headerLength), framed);
  if (problem !== undefined) return problem;
  let last = { number: 0, end: headerLength };
  for (const frame of framesFrom(all.subarray(0, length), headerLength, seedOf(framed))) {
    if (frame.start !== last.end || frame.number !== last.number + 1) break;
    last = frame;
    const wrong = leaves.take(parseJson(frame.payload.toString()));
    if (wrong !== undefined) return wrong;
  }
  return last.end === length ? undefined : `it is corrupt at byte ${last.end}`;
}

/** The leaves of both parts. Later ones replace earlier ones of the same hash. */
class LeafTables {
  private readonly byPart = {
    state: new Map<number, readonly TreeEntry<Json>[]>(),
    table: new Map<number, readonly TreeEntry<Json>[]>(),
  };

  /** Takes a list of leaves, or yields why it is none. */
  take(list: unknown): string | undefined {
    if (!Array.isArray(list)) return 'a frame is no list of leaves';
    for (const each of list) {
      if (!isLeaf(each)) return 'a leaf is malformed';
      const [part, hash, encoded] = each;
      if (encoded === null) {
        this.byPart[part].delete(hash);
        continue;
      }
      const entries = decodeLeaf(part, encoded);
      if (typeof entries === 'string') return entries;
      this.byPart[part].set(hash, entries);
    }
    return undefined;
  }

  tree(part: CheckpointPart): Tree {
    const all: TreeEntry<Json>[] = [];
    for (const entries of this.byPart[part].values()) all.push(...entries);
    return Tree.empty().with(all);
  }
}

function isLeaf(value: unknown): value is [CheckpointPart, number, unknown] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    (value[0] === 'state' || value[0] === 'table') &&
    typeof value[1] === 'number'
  );
}
