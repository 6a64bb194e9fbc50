import { join } from 'node:path';
import type { Files } from '../../platform/files.ts';
import { allOrNone } from './cursor.ts';
import { versionsInJournal } from './journals.ts';
import { blocksIn, type Version, versionsIn } from './tables.ts';

/** The records of a directory of the former layout, by key in hexadecimal digits. */
export type Records = ReadonlyMap<string, Buffer>;

/**
 * Reads LevelDB's files without LevelDB: yields the latest intact version under each key. The manifest is not read. An older
 * version may appear in place of a corrupt one; the caller must tell that it is outdated.
 */
export async function intactRecords(files: Files, directory: string): Promise<Records> {
  const latest = new Map<string, Version>();
  for await (const version of versionsOf(files, directory)) {
    const key = version.key.toString('hex');
    if (version.sequence >= (latest.get(key)?.sequence ?? 0n)) latest.set(key, version);
  }
  return new Map(
    [...latest].flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

async function* versionsOf(files: Files, directory: string): AsyncGenerator<Version> {
  const names = (await files.list(directory)) ?? [];
  for (const name of names.filter((each) => /\.(ldb|sst)$/.test(each)))
    for (const block of blocksIn((await files.read(join(directory, name))) ?? Buffer.alloc(0)))
      yield* allOrNone(versionsIn(block));
  for (const name of names.filter((each) => each.endsWith('.log')))
    yield* versionsInJournal((await files.read(join(directory, name))) ?? Buffer.alloc(0));
}
