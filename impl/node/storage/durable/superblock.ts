import { z } from 'zod';
import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import { maxReplicas } from '../../../replica/data/configuration.ts';
import type { Image } from '../../../replica/data/storage.ts';
import { StorageError } from '../stableStorage.ts';
import { type EnvelopeContents, unwrap, wrap } from './envelope.ts';

/** The replica that storage belongs to. */
export interface DirectoryOwner {
  /** The name of the group, of 1 to 256 characters. */
  readonly group: string;
  /** The number of the replica, from 0. */
  readonly replica: number;
}

const whole = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const digest = z.string().regex(/^[0-9a-f]{16}$/);

const schema = z.strictObject({
  group: z.string().min(1).max(256),
  replica: whole,
  /** A random number drawn when the directory was created: it tells its records from those of other directories. */
  store: digest,
  incarnation: whole,
  /** The number of the write that put this superblock. */
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
  /** The write since which the entries from an op-number on are valid: older entries there were replaced. */
  segments: z.array(z.strictObject({ from: whole, write: whole })),
  checkpoint: z
    .strictObject({ opNumber: whole, time: whole, checksum: digest, state: digest, table: digest })
    .nullable(),
  /** Left out unless the replica has stopped for good. */
  halted: z
    .strictObject({ opNumber: whole, part: z.enum(['table', 'state']), isOutvoted: z.boolean() })
    .exactOptional(),
});

/**
 * Says which records in the directory are valid: each write ends with a superblock that replaces the last. It also holds
 * what the replica has promised. It is kept twice: among the records, and in a file of its own.
 */
export type Superblock = Readonly<z.infer<typeof schema>>;

/** The superblock as it is stored under this key. */
export function encodeSuperblock(key: Uint8Array, superblock: Superblock): Buffer {
  return wrap(key, JSON.stringify(superblock), 0n);
}

/**
 * The superblock stored under this key, or why it is corrupt. Throws a StorageError if it is intact but of another version
 * or another replica: that is a mistake of the operator, and no corruption.
 */
export function decodeSuperblock(
  key: Uint8Array,
  bytes: Uint8Array,
  owner: DirectoryOwner,
  path: string,
): Superblock | string {
  const found: EnvelopeContents = unwrap(key, bytes, 0n);
  if (found.otherVersion !== undefined) throw otherVersion(found.otherVersion, path);
  if (found.corruption !== undefined) return found.corruption;
  const parsed = schema.safeParse(found.value);
  if (!parsed.success) return 'its fields are wrong';
  const { group, replica } = parsed.data;
  if (group !== owner.group || replica !== owner.replica)
    throw new StorageError(
      'other-replica',
      `${path} belongs to replica ${replica} of group ${JSON.stringify(group)}, not to replica ${owner.replica} of group ` +
        `${JSON.stringify(owner.group)}: give each replica a directory of its own.`,
    );
  return parsed.data;
}

function otherVersion(found: number, path: string): StorageError {
  return new StorageError(
    'other-version',
    `${path} was written in layout ${found}, which this version cannot read: run the version that wrote it.`,
  );
}

/** A superblock's fields that follow from an image; the segments do not. */
export function superblockFieldsOf({
  log,
  checkpoint,
  halted,
  membership,
  ...image
}: Image): Omit<Superblock, 'group' | 'replica' | 'store' | 'incarnation' | 'write' | 'segments'> {
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
