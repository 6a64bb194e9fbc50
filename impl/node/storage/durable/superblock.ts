import { z } from 'zod';
import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import { maxReplicas } from '../../../replica/data/configuration.ts';
import type { Image } from '../../../replica/data/storage.ts';
import { changesBetween, type Settings } from '../../cluster/settings.ts';
import { StorageError } from '../stableStorage.ts';

/** The replica that storage belongs to. */
export interface DirectoryOwner {
  /** The name of the group, of 1 to 256 characters. */
  readonly group: string;
  /** Another name of the group, under which earlier versions have stored it. */
  readonly formerGroup?: string | undefined;
  /** The number of the replica, from 0. */
  readonly replica: number;
  /** The settings that the group keeps. A directory in which they are stored too belongs to the group if they are the same. */
  readonly settings?: Settings | undefined;
}

const whole = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const digest = z.string().regex(/^[0-9a-f]{16}$/);

/** A file of a checkpoint: its number, and its length in bytes. */
const checkpointFile = z.strictObject({ number: whole, bytes: whole }).readonly();

/** The fields that every layout of superblocks has. */
export const superblockFields = {
  group: z.string().min(1).max(256),
  replica: whole,
  /** A random number drawn when the directory was created: it tells its files from those of other directories. */
  store: digest,
  incarnation: whole,
  /** The number of the write that put this superblock: that of its frame. */
  write: whole,
  isCorrupt: z.boolean(),
  founders: z.array(z.string()).max(maxReplicas).readonly(),
  generations: z.array(whole).max(maxReplicas).readonly(),
  viewNumber: whole,
  lastNormalView: whole,
  commitNumber: whole,
  /** The log: the number of dropped entries, the time and the chained checksum at the last of them. */
  base: whole,
  baseTime: whole,
  baseChecksum: digest,
  /** The number of its last entry, and the chained checksum there. */
  length: whole,
  checksum: digest,
  checkpoint: z
    .strictObject({ opNumber: whole, time: whole, checksum: digest, state: digest, table: digest })
    .nullable(),
  /** Left out unless the replica has stopped for good. */
  halted: z
    .strictObject({ opNumber: whole, part: z.enum(['table', 'state']), isOutvoted: z.boolean() })
    .exactOptional(),
};

const schema = z.strictObject({
  ...superblockFields,
  /** The files that hold the checkpoint: the first one whole, and each later one what has changed since. */
  checkpointFiles: z.array(checkpointFile).readonly(),
  /** The first segment of the journal that counts. */
  firstSegment: whole,
  settings: z
    .record(z.string(), z.union([z.number(), z.string()]).nullable())
    .readonly()
    .exactOptional(),
});

/**
 * Says what the directory holds. Each write to the journal ends with a superblock that replaces the last one. It also holds what
 * the replica has promised: therefore the latest is kept in a file of its own, too.
 */
export type Superblock = Readonly<z.infer<typeof schema>>;

/** A file of a checkpoint. */
export type CheckpointFile = z.infer<typeof checkpointFile>;

/**
 * The superblock, or undefined if its fields are wrong. Throws a StorageError if it is not that of the owner, where that is known:
 * that is a mistake of the operator, and no corruption.
 */
export function parseSuperblock(
  value: unknown,
  owner: DirectoryOwner | undefined,
  path: string,
): Superblock | undefined {
  const { data } = schema.safeParse(value);
  if (data !== undefined && owner !== undefined) assertOwner(data, owner, path);
  return data;
}

/** Throws a StorageError if the superblock at this path is that of another replica, or of a group with other settings. */
export function assertOwner(found: DirectoryOwner, owner: DirectoryOwner, path: string): void {
  const begin = `${path} belongs to replica ${found.replica} of group ${JSON.stringify(found.group)}`;
  if (found.replica !== owner.replica)
    throw new StorageError(
      'other-replica',
      `${begin}, and was opened for replica ${owner.replica}: give each replica the directory that it had before.`,
    );
  const { settings: before } = found;
  const { settings: after } = owner;
  const changes = before === undefined || after === undefined ? [] : changesBetween(before, after);
  const isNamed = found.group === owner.group || found.group === owner.formerGroup;
  if (before === undefined || after === undefined ? isNamed : changes.length === 0) return;
  const what = changes.length > 0 ? changes.join(', ') : 'its settings are others';
  throw new StorageError(
    'other-settings',
    `${begin}, and was opened for group ${JSON.stringify(owner.group)}: ${what}. A group keeps these settings from its founding on, ` +
      'because its log means something else under others. Nothing was changed: write the former ones into the file of the cluster again, ' +
      'for all servers, and the group goes on with its data. Only if this is another cluster, name the directory that it had. An empty ' +
      'directory would begin without the data.',
  );
}

/** The error for a file in a layout that is not ours. */
export function otherVersion(found: number, path: string): StorageError {
  return new StorageError(
    'other-version',
    `${path} was written in layout ${found}, which this version cannot read: run the version that wrote it.`,
  );
}

/** A superblock's fields that follow from an image. */
export type ImageFields = Omit<
  Superblock,
  'group' | 'replica' | 'store' | 'incarnation' | 'write' | 'checkpointFiles' | 'firstSegment' | 'settings'
>;

/** A superblock's fields that follow from an image. */
export function superblockFieldsOf({ log, checkpoint, halted, membership, ...image }: Image): ImageFields {
  const { isCorrupt, viewNumber, lastNormalView, commitNumber } = image;
  const { base, length, checksum } = log;
  const { lastTime: baseTime, checksum: baseChecksum } = log.prefix(base);
  const viewFields = { viewNumber, lastNormalView, commitNumber };
  const stop = halted === undefined ? {} : { halted };
  const ends = { base, baseTime, baseChecksum, length, checksum, checkpoint: outlineOf(checkpoint) };
  return { isCorrupt, ...membership, ...viewFields, ...ends, ...stop };
}

function outlineOf(checkpoint: Checkpoint | undefined): Superblock['checkpoint'] {
  if (checkpoint === undefined) return null;
  const { opNumber, time, checksum, state, table } = checkpoint;
  return { opNumber, time, checksum, state: state.digest, table: table.digest };
}
