import { deepStrictEqual, ok } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { blankImage, type Image } from '../../impl/index.ts';
import { headerLength } from '../../impl/node/storage/durable/journal/fileHeader.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import { StorageError } from '../../impl/node/storage/stableStorage.ts';
import { randomNumbers } from '../runs/schedules/random.ts';
import { compareWithTruth } from './corruptedFiles.ts';
import { CrashingWriter, operationsOf, tryCrash, tryFailure, tryTornCopy } from './crashes.ts';
import { simulatedDisk } from './simulatedDisk.ts';
import { SimulatedFiles } from './simulatedFiles.ts';
import {
  append,
  checkpoint,
  configuration,
  contentsOf,
  jump,
  owner,
  type WriterAction,
} from './storageWriter.ts';

const view: WriterAction = { type: 'viewRecord', views: 1 };

/** Histories with every kind of write: segments that begin and go, checkpoints of both kinds, new views, replaced entries. */
export const histories: readonly (readonly WriterAction[])[] = [
  [
    append(4),
    append(3, 2, 1),
    checkpoint,
    append(5),
    checkpoint,
    append(4, 3, 1),
    jump,
    append(2),
    append(20),
    checkpoint,
    append(3),
  ],
  [
    append(8),
    append(3, 3, 1),
    append(1),
    view,
    append(9),
    append(4, 3, 1),
    view,
    append(2),
    append(6, 4, 1),
    view,
  ],
  [append(20), checkpoint, append(6, 0, 2), checkpoint, append(7), append(4, 3, 1), checkpoint, append(1)],
  // Entries that are replaced by as many, and then nothing but views.
  [
    { type: 'member' },
    append(8),
    append(3, 3, 1),
    view,
    append(4, 2, 0),
    view,
    { type: 'member' },
    { type: 'halt' },
    view,
  ],
];

const segmentBytes = 2048;

/** How often the machine stopped, an operation failed, and files were corrupted. */
export interface StorageCounts {
  readonly crashes: number;
  readonly failures: number;
  readonly corruptions: number;
}

/**
 * Tests the storage: cuts the power, ends the process or lets an operation fail at each moment of each history, and corrupts
 * each file in drawn places. Throws an AssertionError, or the storage's own error, that says where it failed.
 */
export async function tryStorage(seed: number): Promise<StorageCounts> {
  const counts = { crashes: 0, failures: 0, corruptions: 0 };
  const random = randomNumbers(seed);
  for (const [number, history] of histories.entries())
    for (const together of number === 0 ? [1, 3] : [2]) {
      const operations = await operationsOf(history, together, segmentBytes);
      for (let at = 1; at <= operations + 1; at++) {
        const where = `history ${number}, ${together} writes at once, operation ${at} of ${operations}`;
        for (const kept of ['none', 'all', 'process', random()] as const) {
          await named(`${where}: the disk keeps ${kept}`, () =>
            tryCrash(history, { at, together, segmentBytes, kept }),
          );
          counts.crashes++;
        }
        await named(`${where} fails`, () => tryFailure(history, { at, together, segmentBytes, code: 'EIO' }));
        counts.failures++;
      }
    }
  for (const [number, history] of histories.entries()) {
    await named(`history ${number}, torn copy`, async () => {
      counts.crashes += await tryTornCopy(history, segmentBytes);
    });
    const operations = await operationsOf(history, 1, segmentBytes);
    for (let round = 0; round < directoriesOfEach; round++) {
      // Where a checkpoint may not be stored yet, it is not known here what the log must hold.
      const hasCheckpoints = history.some(({ type }) => type === 'checkpoint');
      const at = round === 0 || hasCheckpoints ? operations + 1 : 1 + (random() % operations);
      const { files, truths, cut } = await written(history, at);
      for (const { corrupted, text } of round === 0 ? headerFlips(files) : []) {
        await named(`history ${number}: ${text}`, () => tryCorruption(corrupted, truths));
        counts.corruptions++;
      }
      for (let each = 0; each < corruptionsOfEach && truths.length > 0; each++) {
        const { corrupted, text } = corruptionOf(files, random);
        const where = `history ${number} up to operation ${at}: ${text}`;
        await named(where, () => tryCorruption(corrupted, truths));
        // A power cut may lose the copy of the superblock, but for its view.
        const afterCut = corruptionOf(cut, random);
        const what = `history ${number} up to operation ${at}, power cut, ${afterCut.text}`;
        await named(what, () => tryViewAfter(afterCut.corrupted, truths));
        counts.corruptions++;
      }
    }
  }
  return counts;
}

const [directoriesOfEach, corruptionsOfEach] = [12, 40];

async function named(where: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

type Contents = ReadonlyMap<string, Buffer>;

/** The files once the process has ended before this operation, and what they may hold: none before the first opening. */
async function written(
  history: readonly WriterAction[],
  at: number,
): Promise<{ readonly files: Contents; readonly truths: readonly Image[]; readonly cut: Contents }> {
  const disk = SimulatedFiles.empty({ at, how: { type: 'stop' } });
  const writer = new CrashingWriter();
  await Promise.race([writer.run(simulatedDisk(disk, segmentBytes), history), disk.stopped]);
  const { acknowledged, pending } = writer;
  if (acknowledged === undefined) return { files: new Map(), truths: [], cut: new Map() };
  const lost = disk.afterPowerCut(() => ({ sectors: false, names: 0 }));
  return {
    files: storedIn(disk),
    cut: storedIn(lost),
    truths: [acknowledged, ...(pending === undefined ? [] : [pending])],
  };
}

/** The files that the storage reads. */
function storedIn(disk: SimulatedFiles): Contents {
  const unread = ['lock', 'log.spare', 'log.new', 'starts', 'starts.new', 'superblock.new'];
  return new Map([...disk.contents('/data')].filter(([name]) => !unread.includes(name)));
}

/** A bit flipped, a stretch of zeros, an end cut off, or a file removed. */
function corruptionOf(
  files: Contents,
  random: () => number,
): { readonly corrupted: Contents; readonly text: string } {
  const names = [...files.keys()];
  const name = names[random() % names.length] ?? '';
  const bytes = Buffer.from(files.get(name) ?? []);
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const place = random() % Math.max(used, 1);
  const corrupted = new Map(files);
  const how = (['flip', 'flip', 'flip', 'zeros', 'cut', 'remove'] as const)[random() % 6];
  if (how === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << (random() % 8));
  if (how === 'zeros') bytes.fill(0, place, Math.min(place + (random() % 600), bytes.length));
  corrupted.set(name, how === 'cut' ? bytes.subarray(0, place) : bytes);
  if (how === 'remove') corrupted.delete(name);
  return { corrupted, text: `${how} ${name} at ${place}` };
}

/** A bit flipped in each byte of the header of a segment. */
function* headerFlips(files: Contents): Generator<{ readonly corrupted: Contents; readonly text: string }> {
  const name = [...files.keys()].sort().findLast((each) => each.startsWith('log-')) ?? '';
  for (let at = 0; at < headerLength; at++) {
    const bytes = Buffer.from(files.get(name) ?? []);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    yield { corrupted: new Map([...files, [name, bytes]]), text: `flip ${name} at ${at}` };
  }
}

async function tryCorruption(files: Contents, truths: readonly Image[]): Promise<void> {
  const disk = simulatedDisk(SimulatedFiles.holding('/data', files), segmentBytes);
  const open = () => openDurable('/data', owner, configuration, disk);
  const storage = await open().catch((error: unknown) => {
    // Both copies of the superblock are lost at once where a whole file is.
    if (error instanceof StorageError && error.problem === 'corrupt') return undefined;
    throw error;
  });
  if (storage === undefined) return;
  const image = storage.stored?.image ?? blankImage;
  compareWithAny(image, truths, storage.findings);
  await storage.close();
  const again = await open();
  deepStrictEqual(again.findings, []);
  deepStrictEqual(contentsOf(again.stored?.image ?? blankImage), contentsOf(image));
  await again.close();
}

/** The view that was acknowledged is known, or the storage says that it is lost. */
async function tryViewAfter(files: Contents, truths: readonly Image[]): Promise<void> {
  const disk = simulatedDisk(SimulatedFiles.holding('/data', files), segmentBytes);
  const storage = await openDurable('/data', owner, configuration, disk).catch((error: unknown) => {
    if (error instanceof StorageError && error.problem === 'corrupt') return undefined;
    throw error;
  });
  if (storage === undefined) return;
  const { viewNumber, lastNormalView } = storage.stored?.image ?? blankImage;
  await storage.close();
  const views = truths.map((each) => [each.viewNumber, each.lastNormalView]);
  ok(
    views.some((each) => isDeepStrictEqual(each, [viewNumber, lastNormalView])),
    'The view is lost.',
  );
}

/** Throws the first difference unless the image fits one of the truths. */
function compareWithAny(
  image: Image,
  [first, ...others]: readonly Image[],
  findings: readonly string[],
): void {
  try {
    if (first !== undefined) compareWithTruth(image, first, findings);
  } catch (error) {
    if (others.length === 0) throw error;
    compareWithAny(image, others, findings);
  }
}
