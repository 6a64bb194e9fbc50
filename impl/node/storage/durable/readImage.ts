import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import type { Configuration } from '../../../replica/data/configuration.ts';
import type { Entry } from '../../../replica/data/entry.ts';
import { Log } from '../../../replica/data/log.ts';
import type { CheckpointPart } from '../../../replica/data/messages.ts';
import { blankImage, type Image } from '../../../replica/data/storage.ts';
import type { Json } from '../../../tree/json.ts';
import type { TreeEntry } from '../../../tree/node.ts';
import { Tree } from '../../../tree/tree.ts';
import { decodeEntry, decodeLeaf } from '../../encoding/logEncoding.ts';
import type { Records } from '../leveldb/levelDb.ts';
import { unwrap } from './envelope.ts';
import { entryKey, leavesOf, seedOf } from './keyLayout.ts';
import { earliestWrite } from './segments.ts';
import type { Superblock } from './superblock.ts';

/** The image that was read, and the corruption found, one sentence each. */
export interface ImageReading {
  readonly image: Image;
  readonly findings: readonly string[];
}

/**
 * Reads the image that the superblock describes, as far as it is intact. Corrupt entries before the checkpoint are not
 * needed, because it stands for them. The first corrupt entry after it ends the log, which is then marked as corrupt. If the
 * checkpoint is corrupt, the log after it cannot be used either.
 */
export async function readImage(
  records: Records,
  superblock: Superblock,
  configuration: Configuration,
): Promise<ImageReading> {
  const { viewNumber, lastNormalView, commitNumber, isCorrupt, halted, founders, generations } = superblock;
  const membership = { founders, generations };
  const checkpoint = await checkpointOf(records, superblock);
  if (typeof checkpoint === 'string') {
    const image = { ...blankImage, viewNumber, lastNormalView, membership, isCorrupt: true, halted };
    return { image, findings: [`${checkpoint}: neither it nor the log after it can be used`] };
  }
  const { log, findings } = await logOf(records, superblock, configuration, checkpoint);
  const isCut = log.length < superblock.length;
  const known = isCut ? Math.min(commitNumber, log.length) : commitNumber;
  const viewFields = { viewNumber, lastNormalView, commitNumber: known };
  const image = { ...viewFields, log, checkpoint, membership, isCorrupt: isCorrupt || isCut, halted };
  return { image, findings };
}

async function logOf(
  records: Records,
  superblock: Superblock,
  configuration: Configuration,
  checkpoint: Checkpoint | undefined,
): Promise<{ readonly log: Log; readonly findings: readonly string[] }> {
  const { base, baseTime: time, baseChecksum: checksum, length } = superblock;
  let log = Log.after(base, { time, checksum });
  let opNumber = base;
  const findings: string[] = [];
  for await (const entry of entriesIn(records, superblock, configuration)) {
    opNumber++;
    if (typeof entry !== 'string') {
      // The log has no gaps: after a corrupt entry before the checkpoint it begins again after the checkpoint.
      if (log.length === opNumber - 1) log = log.append(entry);
      continue;
    }
    findings.push(`entry ${opNumber}: ${entry}`);
    if (checkpoint === undefined || opNumber > checkpoint.opNumber) break;
    log = Log.after(checkpoint.opNumber, checkpoint);
  }
  const altered = 'the entries are not those that were written, although each is intact';
  if (checkpoint !== undefined && log.differsAt(checkpoint.opNumber, checkpoint.checksum)) {
    findings.push(`up to entry ${checkpoint.opNumber}: ${altered}`);
    log = log.suffix(checkpoint.opNumber).onto(Log.after(checkpoint.opNumber, checkpoint));
  }
  if (log.length === length && log.checksum !== superblock.checksum) {
    findings.push(altered);
    log = checkpoint === undefined ? Log.empty : Log.after(checkpoint.opNumber, checkpoint);
  }
  if (findings.length > 0) findings.push(`the log had entries ${base + 1} to ${length}`);
  return { log, findings };
}

/** The entries of the log in order; for a corrupt one, what is wrong with it. */
async function* entriesIn(
  records: Records,
  superblock: Superblock,
  configuration: Configuration,
): AsyncGenerator<Entry | string> {
  const { base, length } = superblock;
  const keys = Array.from({ length: length - base }, (_, index) => entryKey(base + 1 + index));
  let index = 0;
  for await (const bytes of records.valuesOf(keys)) {
    const key = keys[index++];
    if (key === undefined || bytes === undefined) yield 'it is missing';
    else yield entryIn(key, bytes, base + index, superblock, configuration);
  }
}

function entryIn(
  key: Uint8Array,
  bytes: Uint8Array,
  opNumber: number,
  { store, segments, write }: Superblock,
  configuration: Configuration,
): Entry | string {
  const found = unwrap(key, bytes, seedOf(store));
  if (found.corruption !== undefined) return found.corruption;
  if (!Array.isArray(found.value)) return 'it is no pair of a write and an entry';
  const [written, encoded]: unknown[] = found.value;
  if (typeof written !== 'number' || written < earliestWrite(segments, opNumber))
    return 'it was replaced by one that cannot be read';
  if (written > write) return 'it replaced one that can no longer be read';
  return decodeEntry(configuration, encoded);
}

async function checkpointOf(
  records: Records,
  { checkpoint, store }: Superblock,
): Promise<Checkpoint | undefined | string> {
  if (checkpoint === null) return undefined;
  const { opNumber, time, checksum } = checkpoint;
  const name = `the checkpoint of ${opNumber} entries`;
  const [state, table] = await Promise.all([
    treeOf(records, 'state', store, checkpoint.state),
    treeOf(records, 'table', store, checkpoint.table),
  ]);
  if (typeof state === 'string') return `${name}, state: ${state}`;
  if (typeof table === 'string') return `${name}, client-table: ${table}`;
  return { opNumber, time, checksum, state, table };
}

async function treeOf(
  records: Records,
  part: CheckpointPart,
  store: string,
  digest: string,
): Promise<Tree | string> {
  const parts: TreeEntry<Json>[] = [];
  for await (const [key, bytes] of records.within(leavesOf(part))) {
    const found = unwrap(key, bytes, seedOf(store));
    if (found.corruption !== undefined) return found.corruption;
    const some = decodeLeaf(part, found.value);
    if (typeof some === 'string') return some;
    parts.push(...some);
  }
  const tree = Tree.empty().with(parts);
  return tree.digest === digest ? tree : 'leaves of it are missing, or belong to another checkpoint';
}
