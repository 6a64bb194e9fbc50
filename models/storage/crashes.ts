import { deepStrictEqual, ok } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { blankImage, type Image } from '../../impl/index.ts';
import type { Disk } from '../../impl/node/platform/disk.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import { StorageError } from '../../impl/node/storage/stableStorage.ts';
import { randomNumbers } from '../runs/schedules/random.ts';
import { simulatedDisk } from './simulatedDisk.ts';
import { SimulatedFiles } from './simulatedFiles.ts';
import {
  append,
  checkpoint,
  configuration,
  contentsOf,
  owner,
  StorageWriter,
  type WriterAction,
} from './storageWriter.ts';

/** A replica that writes to simulated files, and what its storage must hold whenever it stops. */
export class CrashingWriter {
  private readonly writer: StorageWriter;
  /** What was acknowledged last, and what is being written. */
  acknowledged: Image | undefined;
  pending: Image | undefined;
  /** All checkpoints so far: storage may hold an earlier one, as long as the log follows it. */
  readonly checkpoints: NonNullable<Image['checkpoint']>[] = [];

  constructor(image: Image = blankImage, serial = 0) {
    this.writer = new StorageWriter(image, serial);
  }

  /** Opens the storage, performs the actions, and closes it. */
  async run(disk: Disk, actions: readonly WriterAction[], together = 1): Promise<void> {
    const storage = await openDurable('/data', owner, configuration, disk);
    this.acknowledged ??= this.writer.image;
    for (let from = 0; from < actions.length; from += together) {
      const writes = actions.slice(from, from + together).map((action) => {
        const written = storage.write(this.writer.records(action));
        const { checkpoint } = this.writer.image;
        if (checkpoint !== undefined && checkpoint !== this.checkpoints.at(-1))
          this.checkpoints.push(checkpoint);
        return written;
      });
      this.pending = this.writer.image;
      await Promise.all(writes);
      this.acknowledged = this.writer.image;
    }
    await storage.close();
  }

  /** Throws an AssertionError unless the image is what was acknowledged, or that with what was being written. */
  check(image: Image | undefined): Image | undefined {
    const { acknowledged = blankImage, pending } = this;
    if (image === undefined) {
      ok(this.acknowledged === undefined, 'A storage that was opened is gone.');
      return undefined;
    }
    const { checkpoint: stored, log } = image;
    const opNumber = stored?.opNumber ?? 0;
    ok(log.base <= opNumber && opNumber <= log.length, 'The log does not follow the checkpoint.');
    const known = this.checkpoints.findLast((each) => each.opNumber === stored?.opNumber);
    deepStrictEqual(stored?.state.digest, known?.state.digest);
    // A replica's own checkpoint may be missing as long as its entries are there.
    const against = (truth: Image): [unknown, unknown] => {
      const later = {
        ...image,
        log: log.base <= truth.log.base ? log.compacted(truth.log.base) : log,
        checkpoint: truth.checkpoint,
      };
      return [contentsOf(later), contentsOf(truth)];
    };
    if (pending === undefined || !isDeepStrictEqual(...against(pending)))
      deepStrictEqual(...against(acknowledged));
    return image;
  }
}

/** How many operations on files the actions take. */
export async function operationsOf(
  actions: readonly WriterAction[],
  together: number,
  segmentBytes: number,
): Promise<number> {
  const files = SimulatedFiles.empty();
  await new CrashingWriter().run(simulatedDisk(files, segmentBytes), actions, together);
  return files.operations;
}

/** A moment at which the machine stops, and what is left of its disk. */
export interface Crash {
  /** The operation on files before which it stops, from 1. */
  readonly at: number;
  /** How many actions are written at once. */
  readonly together: number;
  readonly segmentBytes: number;
  /**
   * What a power cut keeps of what was not synced: nothing, all, or a part that is drawn with this seed. `process`: the process ends,
   * and the power stays on.
   */
  readonly kept: 'none' | 'all' | 'process' | number;
}

/** Performs the actions until the crash, and opens the storage again. Throws an AssertionError if it is wrong. */
export async function tryCrash(
  actions: readonly WriterAction[],
  { at, together, segmentBytes, kept }: Crash,
): Promise<'before' | 'after' | 'new'> {
  const files = SimulatedFiles.empty({ at, how: { type: 'stop' } });
  const writer = new CrashingWriter();
  await Promise.race([writer.run(simulatedDisk(files, segmentBytes), actions, together), files.stopped]);
  const left = filesAfter(files, kept);
  const disk = simulatedDisk(left, segmentBytes);
  const image = await reopened(disk, writer);
  if (image === undefined) return 'new';
  // What was read once must be there after another power cut.
  const cut = left.afterPowerCut(() => ({ sectors: false, names: 0 }));
  const again = await reopened(simulatedDisk(cut, segmentBytes), writer);
  deepStrictEqual(again && contentsOf(again), contentsOf(image));
  const next = new CrashingWriter(image, 1000);
  next.checkpoints.push(...writer.checkpoints);
  await next.run(disk, [append(2, 1, 1), checkpoint, append(1)]);
  await reopened(disk, next);
  return image.log.checksum === writer.pending?.log.checksum ? 'after' : 'before';
}

/** Lets one operation on files fail, and opens the storage again. Throws an AssertionError if it is wrong. */
export async function tryFailure(
  actions: readonly WriterAction[],
  { at, together, segmentBytes, code }: Omit<Crash, 'kept'> & { readonly code: string },
): Promise<'failed' | 'unaffected'> {
  const files = SimulatedFiles.empty({ at, how: { type: 'fail', code } });
  const writer = new CrashingWriter();
  const failure = await writer.run(simulatedDisk(files, segmentBytes), actions, together).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined) {
    ok(failure instanceof StorageError && failure.problem === 'unusable', String(failure));
    ok(failure.message.includes(code), failure.message);
  }
  await reopened(simulatedDisk(files.afterRestart(), segmentBytes), writer);
  return failure === undefined ? 'unaffected' : 'failed';
}

/**
 * Performs the actions, tears the slots of the superblock's copy as a power cut may during a new view, and cuts the power again before
 * each operation of the next opening. Throws an AssertionError, or the storage's own error, if the one after that is wrong. Yields the
 * number of cuts.
 */
export async function tryTornCopy(actions: readonly WriterAction[], segmentBytes: number): Promise<number> {
  const files = SimulatedFiles.empty();
  const writer = new CrashingWriter();
  await writer.run(simulatedDisk(files, segmentBytes), [...actions, { type: 'viewRecord', views: 1 }]);
  files.writeBack();
  const torn = files.afterRestart();
  torn.alter('/data/superblock', (bytes) => Buffer.from(bytes).fill(0, 100, 101).fill(0, 4196, 4197));
  let cuts = 0;
  for (let at = 1; ; at++)
    for (let seed = 1; seed <= 8; seed++) {
      const stopping = torn.afterPowerCut(() => ({ sectors: true, names: 1 }), { at, how: { type: 'stop' } });
      const opened = openDurable('/data', owner, configuration, simulatedDisk(stopping, segmentBytes));
      if ((await Promise.race([opened, stopping.stopped])) !== undefined) return cuts;
      const image = await reopened(simulatedDisk(filesAfter(stopping, seed * 7919), segmentBytes), writer);
      ok(image !== undefined, 'The directory is gone.');
      cuts++;
    }
}

function filesAfter(files: SimulatedFiles, kept: Crash['kept']): SimulatedFiles {
  switch (kept) {
    case 'process':
      return files.afterRestart();
    case 'none':
      return files.afterPowerCut(() => ({ sectors: false, names: 0 }));
    case 'all':
      return files.afterPowerCut(() => ({ sectors: true, names: 1 }));
    default: {
      const random = randomNumbers(kept);
      return files.afterPowerCut(() => ({ sectors: random() % 2 === 0, names: random() / 2 ** 31 }));
    }
  }
}

async function reopened(disk: Disk, writer: CrashingWriter): Promise<Image | undefined> {
  const storage = await openDurable('/data', owner, configuration, disk);
  // A power cut may tear the copy of the superblock while its view is written.
  deepStrictEqual(
    storage.findings.filter((finding) => !/slot [01] of the superblock's copy/.test(finding)),
    [],
  );
  const image = writer.check(storage.stored?.image);
  await storage.close();
  return image;
}
