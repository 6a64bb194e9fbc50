import type { Disk } from '../../impl/node/platform/disk.ts';
import type { Files, StoredFile } from '../../impl/node/platform/files.ts';
import type { Chance } from '../processes/chance.ts';
import { SimulatedFiles } from '../storage/simulatedFiles.ts';
import type { RoomProcess } from './machine.ts';

/**
 * The disk of a machine: simulated files, which outlive its processes. A sync takes time. A power cut leaves of what was not synced any
 * of the sectors, and the first ones of the changes of names.
 */
export class RoomDisk {
  /** By how many milliseconds a sync takes longer than one, at most. */
  slowest: number;
  private readonly usual: number;
  private readonly chance: Chance;
  private files = SimulatedFiles.empty();
  /** An earlier copy of its directory, and the round of faults in which it was made. */
  private copy: { readonly files: SimulatedFiles; readonly round: number } | undefined;
  /** How often the machine had lost its power when the disk was used last. */
  private boots = 0;

  constructor(chance: Chance, usual: number) {
    this.chance = chance;
    this.usual = usual;
    this.slowest = usual;
  }

  /** Whether syncs take longer than at first. */
  get isSlow(): boolean {
    return this.slowest > this.usual;
  }

  /** Makes syncs as quick as at first. */
  heal(): void {
    this.slowest = this.usual;
  }

  /**
   * Puts the copy back that was made in an earlier round; if there is none, makes one. Its process has ended. Yields whether it was put
   * back.
   */
  putBack(round: number): boolean {
    const { copy } = this;
    const whole = (files: SimulatedFiles) => files.afterPowerCut(() => ({ sectors: true, names: 1 }));
    if (copy === undefined) this.copy = { files: whole(this.files), round };
    if (copy === undefined || copy.round === round) return false;
    this.files = copy.files;
    this.copy = undefined;
    return true;
  }

  /** The disk as a process sees it. The one before has ended. */
  seenBy(process: RoomProcess): Disk {
    const { chance } = this;
    const { boots } = process.machine;
    const keeps = () => ({ sectors: chance.below(2) === 0, names: chance.fraction() });
    this.files = boots === this.boots ? this.files.afterRestart() : this.files.afterPowerCut(keeps);
    this.boots = boots;
    return { files: this.within(process), random: process.random, segmentBytes };
  }

  /** The files, of which a process that has ended hears nothing more. */
  private within(process: RoomProcess): Files {
    const { files } = this;
    const now = <Result>(operation: () => Promise<Result>): Promise<Result> =>
      process.isAlive ? operation() : new Promise(() => undefined);
    const later = async <Result>(operation: () => Promise<Result>): Promise<Result> => {
      const delay = 1 + this.chance.fraction() * this.slowest;
      await new Promise<void>((resolve) => process.clock.after(delay, resolve));
      return operation();
    };
    const within = (file: StoredFile, isDurable: boolean): StoredFile => ({
      size: () => now(() => file.size()),
      read: (position, length) => now(() => file.read(position, length)),
      write: async (position, bytes) => {
        await now(() => file.write(position, bytes));
        if (isDurable) await later(() => file.sync());
      },
      truncate: (length) => now(() => file.truncate(length)),
      sync: () => later(() => file.sync()),
      close: () => file.close(),
    });
    return {
      list: (directory) => now(() => files.list(directory)),
      read: (path) => now(() => files.read(path)),
      makeDirectory: (directory) => now(() => files.makeDirectory(directory)),
      open: (path, isNew, isDurable = false) =>
        now(async () => within(await files.open(path, isNew), isDurable)),
      rename: (from, to) => now(() => files.rename(from, to)),
      remove: (path) => now(() => files.remove(path)),
      syncDirectory: (directory) => later(() => files.syncDirectory(directory)),
      lock: (path) => now(() => files.lock(path)),
    };
  }
}

/** Small, so that segments come and go. */
const segmentBytes = 32 * 1024;
