import { z } from 'zod';
import { maxReplicas } from '../../../replica/data/configuration.ts';
import type { Files } from '../../platform/files.ts';
import { type KnownStarts, noStarts } from '../starts.ts';
import { type DirectoryPaths, moveDurably } from './directory.ts';
import { unwrap, wrap } from './envelope.ts';

const name = z.string().min(1).max(256);
const schema = z.strictObject({
  own: z.array(name).max(10_000).readonly(),
  peers: z
    .array(z.strictObject({ start: name, generation: z.int().min(0) }).nullable())
    .max(maxReplicas)
    .readonly(),
});

const key = Buffer.from('starts');

/**
 * Reads the file of starts. A file that is missing or corrupt holds none: then the other replicas take this storage for an
 * older copy. `finding` says what is corrupt. `isMember`: whether the replica takes part in its group, before which the file was written.
 */
export async function readStarts(
  files: Files,
  { starts }: DirectoryPaths,
  isMember: boolean,
): Promise<{ readonly known: KnownStarts; readonly finding?: string }> {
  const bytes = await files.read(starts);
  if (bytes === undefined)
    return { known: noStarts, ...(isMember ? { finding: 'the file of starts is missing' } : {}) };
  const current = unwrap(key, bytes);
  const found = current.otherVersion === formerLayout ? unwrap(key, bytes, formerLayout) : current;
  if (found.corruption !== undefined)
    return { known: noStarts, finding: `the file of starts: ${found.corruption}` };
  const parsed = schema.safeParse(found.value);
  if (parsed.success) return { known: parsed.data };
  return { known: noStarts, finding: 'the file of starts: its fields are wrong' };
}

/** The layout before this one, which had the same file of starts. */
const formerLayout = 5;

/** Replaces the file of starts durably. */
export async function writeStarts(files: Files, paths: DirectoryPaths, known: KnownStarts): Promise<void> {
  await files.remove(paths.newStarts);
  const file = await files.open(paths.newStarts, true);
  try {
    await file.write(0, wrap(key, JSON.stringify(known)));
    await file.sync();
  } finally {
    await file.close();
  }
  await moveDurably(files, paths, paths.newStarts, paths.starts);
}
