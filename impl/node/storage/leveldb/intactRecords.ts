import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allOrNone } from './cursor.ts';
import { isJournalIntact, versionsInJournal } from './journals.ts';
import type { Records } from './levelDb.ts';
import { readTable, type Version, versionsIn } from './tables.ts';

const tables = /\.(ldb|sst)$/;
const journals = /\.log$/;

/**
 * The corruption in LevelDB's tables, one sentence each. An unfinished table is skipped: LevelDB was stopped while it wrote
 * the table, and does not use it.
 */
export async function corruptTables(directory: string): Promise<readonly string[]> {
  const corruptions: string[] = [];
  for (const name of await namesIn(directory, tables)) {
    const table = readTable(await readFile(join(directory, name)));
    const [corruption] = table.corruptions;
    if (table.isFinished && corruption !== undefined) corruptions.push(`table ${name}: ${corruption}`);
  }
  return corruptions;
}

/** Whether no journal of LevelDB's is corrupt. After a power cut a torn journal is normal. */
export async function areJournalsIntact(directory: string): Promise<boolean> {
  for (const name of await namesIn(directory, journals))
    if (!isJournalIntact(await readFile(join(directory, name)))) return false;
  return true;
}

/**
 * Reads LevelDB's files without LevelDB: yields the latest intact version under each key. The manifest is not read. An older
 * version may appear in place of a corrupt one; the caller must tell that it is outdated.
 */
export async function intactRecords(directory: string): Promise<Records> {
  const latest = new Map<string, Version>();
  for await (const version of versionsOf(directory)) {
    const key = version.key.toString('hex');
    if (version.sequence >= (latest.get(key)?.sequence ?? 0n)) latest.set(key, version);
  }
  const sorted = [...latest.values()].sort((one, other) => one.key.compare(other.key));
  return {
    async *valuesOf(keys) {
      for (const key of keys) yield latest.get(Buffer.from(key).toString('hex'))?.value;
    },
    async *within({ gte, lt }) {
      for (const { key, value } of sorted)
        if (value !== undefined && key.compare(gte) >= 0 && key.compare(lt) < 0) yield [key, value];
    },
  };
}

async function* versionsOf(directory: string): AsyncGenerator<Version> {
  for (const name of await namesIn(directory, tables))
    for (const block of readTable(await readFile(join(directory, name))).blocks)
      yield* allOrNone(versionsIn(block));
  for (const name of await namesIn(directory, journals))
    yield* versionsInJournal(await readFile(join(directory, name)));
}

async function namesIn(directory: string, ending: RegExp): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => ending.test(name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
