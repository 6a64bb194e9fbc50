import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  configure,
  type Entry,
  keyValueService,
  Log,
  noEnd,
  type StorageRecord,
  Tree,
} from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress } from '../../impl/terminal/terminal.ts';
import { quantile } from '../quantile.ts';

const configuration = configure(3, 'durable', keyValueService);
const viewRecord = { type: 'viewRecord', viewNumber: 0, lastNormalView: 0, commitNumber: 0 } as const;
const end = { type: 'end', write: 0 } as const;

await runCommand(
  {
    command: 'npm run bench:storage',
    summary:
      'Compares the storage of a replica with a plain file to which the same text is appended and synced, one write at a time.\n' +
      'Takes about half a minute, and 200 MB on the disk of DIRECTORY (default: the directory of temporary files).',
    positionals: { value: 'DIRECTORY', help: 'the directory in which to create a temporary directory' },
    options: {
      'open-megabytes': {
        type: 'string',
        value: 'N',
        default: '20',
        help: 'the size of the directories that are opened, in MB',
      },
    },
  },
  async ({ positionals: [where = tmpdir(), more], values }) => {
    const megabytes = wholeNumber('--open-megabytes', values['open-megabytes'], {
      min: 1,
      max: 2000,
    });
    if (more !== undefined) throw new UsageError('It takes one DIRECTORY at most.');
    const directory = mkdtempSync(join(where, 'viewstamped-bench-'));
    const remove = () => rmSync(directory, { recursive: true, force: true });
    process.once('SIGINT', () => {
      remove();
      process.exit(130);
    });
    const progress = new Progress();
    const step = (text: string): void => progress.show(() => text);
    try {
      for (const line of columns(await writing(directory, step))) console.log(line);
      console.log('');
      for (const line of columns(await checkpointing(directory, step))) console.log(line);
      console.log('');
      for (const line of columns(await opening(directory, megabytes, step))) console.log(line);
    } finally {
      progress.clear();
      remove();
    }
    return 0;
  },
);

type Step = (text: string) => void;

/** An entry of about 200 bytes, or with another value. */
function entry(serial: number, value = 'x'.repeat(120)): Entry {
  const operation = { type: 'set', key: `key ${serial % 1000}`, value };
  const predicted = { time: 1_700_000_000_000 + serial, random: Math.imul(serial, 0x9e3779b1) >>> 0 };
  return {
    type: 'REQUEST',
    operation,
    clientId: `c${serial % 50}`,
    session: 7,
    requestNumber: serial,
    predicted,
  };
}

function opened(directory: string): Promise<StableStorage> {
  return openDurable(join(directory, 'replica'), { group: 'bench', replica: 0 }, configuration);
}

function write(storage: StableStorage, record: StorageRecord): Promise<void> {
  return storage.write([record, viewRecord, end]);
}

async function writing(directory: string, step: Step): Promise<string[][]> {
  const rows = [['entries in a write', 'storage p50', 'p99', 'bare file p50', 'p99 (ms)', 'ratio of p50']];
  const file = await open(join(directory, 'bare'), 'a');
  const storage = await opened(directory);
  let log = Log.empty;
  const append = (count: number) => {
    const { length } = log;
    for (let index = 1; index <= count; index++) log = log.append(entry(length + index));
    const suffix = log.suffix(length);
    // The log computes it once, for the messages that carry the entries: that time is not the storage's.
    suffix.checksum;
    return suffix;
  };
  for (const count of [1, 8, 64]) {
    const times: [number[], number[]] = [[], []];
    // Taking turns, so that other load on the disk affects both alike.
    for (let round = 0; round < 1000; round++) {
      step(`writes of ${count}: ${round} of 1000`);
      const suffix = append(count);
      times[0].push(await timed(() => write(storage, { type: 'entries', suffix })));
      const text = JSON.stringify([suffix, viewRecord]);
      times[1].push(await timed(() => file.write(text).then(() => file.datasync())));
    }
    const [ours, bare] = times.map((all) => [quantile(all, 0.5), quantile(all, 0.99)] as const);
    const figures = [...(ours ?? []), ...(bare ?? []), (ours?.[0] ?? 0) / (bare?.[0] ?? 1)];
    rows.push([String(count), ...figures.map((figure) => figure.toFixed(2))]);
  }
  while (log.length < 100_000) await write(storage, { type: 'entries', suffix: append(1000) });
  await file.close();
  await storage.close();
  const reopening = await timed(async () => (await opened(directory)).close());
  rows.push([`reopening with ${grouped(log.length)} entries: ${reopening.toFixed(0)} ms`]);
  return rows;
}

/** Times checkpoints of a state of 10 MB in parts of 1 kB. One part in 100 changes between two checkpoints. */
async function checkpointing(directory: string, step: Step): Promise<string[][]> {
  const rows = [['checkpoint of 10 MB', 'ms']];
  const storage = await opened(directory);
  const base = storage.stored?.image.log.length ?? 0;
  const value = 'y'.repeat(1000);
  let state = Tree.empty().with(
    Array.from({ length: 10_000 }, (_, index) => [`key ${index}`, value] as const),
  );
  for (let round = 0; round < 4; round++) {
    step(`checkpoint ${round}`);
    const checkpoint = { ...noEnd, opNumber: base, time: round, state, table: Tree.empty() };
    const time = await timed(() => write(storage, { type: 'checkpoint', checkpoint, base }));
    rows.push([round === 0 ? 'all of it' : '1 part in 100', time.toFixed(0)]);
    state = state.with(
      Array.from({ length: 100 }, (_, index) => [`key ${index * 100}`, `${round}${value}`] as const),
    );
  }
  await storage.close();
  rows.push(['reopening', (await timed(async () => (await opened(directory)).close())).toFixed(0)]);
  return rows;
}

/** Opens directories with a checkpoint, and the entries from the checkpoint before it on, as large as these together. */
async function opening(directory: string, megabytes: number, step: Step): Promise<string[][]> {
  const rows = [['opening', 'of values of', 'wall s', 'processor s']];
  for (const chars of [100, 1_000, 60_000]) {
    const where = join(directory, `of ${chars}`);
    step(`writing ${megabytes} MB of values of ${chars}`);
    await fill(where, chars, megabytes * 1e6);
    const before = process.cpuUsage();
    let storage: StableStorage | undefined;
    const wall = await timed(async () => {
      storage = await opened(where);
    });
    const { user, system } = process.cpuUsage(before);
    await storage?.close();
    const seconds = [wall / 1e3, (user + system) / 1e6].map((each) => each.toFixed(2));
    rows.push([`${Math.round(bytesIn(where) / 1e6)} MB`, `${chars} characters`, ...seconds]);
    rmSync(where, { recursive: true });
  }
  return rows;
}

/** Writes a log of two intervals between checkpoints, or of half the bytes if that is less, and a state of the others. */
async function fill(directory: string, chars: number, bytes: number): Promise<void> {
  const storage = await opened(directory);
  const value = 'z'.repeat(chars);
  const entries = Math.min(2 * configuration.checkpointEvery, Math.ceil(bytes / 2 / chars));
  const keys = Math.ceil((bytes - entries * chars) / (chars + 50));
  const state = Tree.empty().with(
    Array.from({ length: keys }, (_, index) => [`key ${index}`, `${index}${value}`] as const),
  );
  const checkpoint = { ...noEnd, opNumber: 1, state, table: Tree.empty() };
  await write(storage, { type: 'checkpoint', checkpoint, base: 1 });
  let log = Log.after(1, noEnd);
  while (log.length <= entries) {
    const { length } = log;
    for (let left = 250_000; left > 0 && log.length <= entries; left -= chars)
      log = log.append(entry(log.length, value));
    await write(storage, { type: 'entries', suffix: log.suffix(length) });
  }
  await storage.close();
}

function bytesIn(directory: string): number {
  const place = join(directory, 'replica');
  return readdirSync(place).reduce((sum, name) => sum + statSync(join(place, name)).size, 0);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
