import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { maxReplicas } from '../../../replica/data/configuration.ts';
import { type KnownStarts, noStarts } from '../starts.ts';
import { type DirectoryPaths, moveDurably, syncFile } from './directory.ts';
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
 * older copy. `finding` says what is corrupt.
 */
export async function readStarts({
  starts,
}: DirectoryPaths): Promise<{ readonly known: KnownStarts; readonly finding?: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(starts);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { known: noStarts };
    throw error;
  }
  const found = unwrap(key, bytes, 0n);
  if (found.corruption !== undefined)
    return { known: noStarts, finding: `the file of starts: ${found.corruption}` };
  const parsed = schema.safeParse(found.value);
  if (parsed.success) return { known: parsed.data };
  return { known: noStarts, finding: 'the file of starts: its fields are wrong' };
}

/** Replaces the file of starts durably. */
export async function writeStarts(paths: DirectoryPaths, known: KnownStarts): Promise<void> {
  await writeFile(paths.newStarts, wrap(key, JSON.stringify(known), 0n), { mode: 0o600 });
  await syncFile(paths.newStarts);
  await moveDurably(paths, paths.newStarts, paths.starts);
}
