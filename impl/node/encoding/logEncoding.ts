import { z } from 'zod';
import { isLine } from '../../replica/data/clientTable.ts';
import type { Configuration } from '../../replica/data/configuration.ts';
import type { Entry } from '../../replica/data/entry.ts';
import { Log, type LogSuffix } from '../../replica/data/log.ts';
import type { CheckpointPart } from '../../replica/data/messages.ts';
import { deepest, weightOf } from '../../replica/validation/fields.ts';
import { entryRefusal } from '../../replica/validation/message.ts';
import type { Json } from '../../tree/json.ts';
import type { Entry as Part } from '../../tree/node.ts';

/**
 * What the core's objects are on wires and disks, where only JSON is. Whatever is read back is validated here; a reason in
 * place of the object says why it was refused.
 */

/** An entry without the names of its fields, which would be half of it. */
export type EncodedEntry = readonly [
  clientId: string,
  session: number,
  requestNumber: number,
  time: number,
  random: number,
  operation: Json,
];

/** A part of a log. */
export interface EncodedSuffix {
  readonly after: number;
  readonly entries: readonly EncodedEntry[];
}

/** The entry as plain data. */
export function encodeEntry({ clientId, session, requestNumber, predicted, operation }: Entry): EncodedEntry {
  return [clientId, session, requestNumber, predicted.time, predicted.random, operation];
}

/** The entry that this is, or why it is none that can be in a log of this group. */
export function decodeEntry(configuration: Configuration, plain: unknown): Entry | string {
  if (!isPlainEntry(plain)) return 'an entry must be a list of a client, four numbers, and an operation';
  const [clientId, session, requestNumber, time, random, operation] = plain;
  const predicted = { time, random };
  const entry: Entry = { type: 'REQUEST', operation, clientId, session, requestNumber, predicted };
  return entryRefusal(configuration, entry) ?? entry;
}

/** The part of a log as plain data. */
export function encodeSuffix(suffix: LogSuffix): EncodedSuffix {
  return { after: suffix.after, entries: suffix.entriesAfter(suffix.after).map(encodeEntry) };
}

/** The part of a log that this is, or why it is none. What comes before it is unknown. */
export function decodeSuffix(configuration: Configuration, plain: unknown): LogSuffix | string {
  const parsed = suffixSchema.safeParse(plain);
  if (!parsed.success) return 'a part of a log must have a number that it comes after, and a list of entries';
  const { after, entries } = parsed.data;
  let log = Log.after(after, 0);
  for (const each of entries) {
    const entry = decodeEntry(configuration, each);
    if (typeof entry === 'string') return entry;
    log = log.append(entry);
  }
  return log.suffix(after);
}

/** Names and values of a part of a checkpoint, or why they are none. They may go into a tree. */
export function decodeLeaf(part: CheckpointPart, plain: unknown): readonly Part<Json>[] | string {
  const parsed = partsSchema.safeParse(plain);
  if (!parsed.success) return 'a part of a checkpoint must be a list of names with values';
  const isTable = part === 'state' || parsed.data.every(([, value]) => isLine(value));
  return isTable ? parsed.data : 'a line must have a session, a requestNumber, results and an opNumber';
}

/** What is in the list, `entryRefusal` looks at: it trusts no field's type. To look twice was a sixth of a backup's work. */
function isPlainEntry(plain: unknown): plain is EncodedEntry {
  return Array.isArray(plain) && plain.length === 6;
}

const suffixSchema = z.strictObject({
  after: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  entries: z.custom<readonly unknown[]>(Array.isArray),
});
/** Values hold what operations led to, and lines of the client-table hold results. */
const value = z.custom<Json>((given) => !Number.isNaN(weightOf(given, 2 * deepest)));
const partsSchema = z.array(z.tuple([z.string(), value]));
