import { z } from 'zod';
import { isClientRecord } from '../../replica/data/clientTable.ts';
import type { Configuration } from '../../replica/data/configuration.ts';
import { type EncodedEntry, type Entry, encodeEntry } from '../../replica/data/entry.ts';
import { Log, LogSuffix, noEnd } from '../../replica/data/log.ts';
import type { CheckpointPart } from '../../replica/data/messages.ts';
import { describeReason } from '../../replica/data/reasons.ts';
import { validateEntry } from '../../replica/validation/entry.ts';
import { charsOf, maxDepth } from '../../replica/validation/fields.ts';
import type { Json } from '../../tree/json.ts';
import type { TreeEntry } from '../../tree/node.ts';

/**
 * The core's objects as JSON values, for wires and disks. Decoding validates: each function yields the object, or the reason
 * why it is malformed or impossible, as text.
 */

/** A suffix of a log, with its chained checksum. */
export interface EncodedSuffix {
  readonly after: number;
  readonly checksum: string;
  readonly entries: readonly EncodedEntry[];
}

/** The entry, or why no log of this group can hold it. */
export function decodeEntry(configuration: Configuration, encoded: unknown): Entry | string {
  if (!isEncodedEntry(encoded)) return 'an entry must be a list of a client, four numbers, and an operation';
  const [clientId, session, requestNumber, time, random, operation] = encoded;
  const predicted = { time, random };
  const entry: Entry = { type: 'REQUEST', operation, clientId, session, requestNumber, predicted };
  const reason = validateEntry(configuration, entry);
  return reason === undefined ? entry : describeReason(reason);
}

/** The log suffix as a JSON value. */
export function encodeSuffix(suffix: LogSuffix): EncodedSuffix {
  const { after, checksum } = suffix;
  return { after, checksum, entries: suffix.entriesAfter(after).map(encodeEntry) };
}

/** The log suffix, or why it is malformed. The entries before it are unknown. */
export function decodeSuffix(configuration: Configuration, encoded: unknown): LogSuffix | string {
  const parsed = suffixSchema.safeParse(encoded);
  if (!parsed.success)
    return 'a log suffix must be an object with a number `after`, a `checksum` of 16 digits, and a list `entries`';
  const { after, checksum, entries } = parsed.data;
  let log = Log.after(after, noEnd);
  for (const each of entries) {
    const entry = decodeEntry(configuration, each);
    if (typeof entry === 'string') return entry;
    log = log.append(entry);
  }
  return new LogSuffix(after, log, checksum);
}

/** The names and values of a checkpoint's leaf, fit to go into a tree, or why they are malformed. */
export function decodeLeaf(part: CheckpointPart, encoded: unknown): readonly TreeEntry<Json>[] | string {
  const parsed = partsSchema.safeParse(encoded);
  if (!parsed.success) return 'a leaf of a checkpoint must be a list of pairs of a name and a value';
  const isTable = part === 'state' || parsed.data.every(([, value]) => isClientRecord(value));
  return isTable
    ? parsed.data
    : 'a row of the client-table must have session, requestNumber, results and opNumber';
}

/** Checks the length only: `validateEntry` checks each field, and checking twice cost a backup a sixth of its time. */
function isEncodedEntry(encoded: unknown): encoded is EncodedEntry {
  return Array.isArray(encoded) && encoded.length === 6;
}

const suffixSchema = z.strictObject({
  after: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  checksum: z.string().regex(/^[0-9a-f]{16}$/),
  entries: z.custom<readonly unknown[]>(Array.isArray),
});
/** State values hold results of operations, and rows of the client-table hold results: both nest deeper than operations. */
const value = z.custom<Json>((given) => !Number.isNaN(charsOf(given, 2 * maxDepth)));
const partsSchema = z.array(z.tuple([z.string(), value]));
