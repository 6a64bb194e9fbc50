import type { Disk } from '../../impl/node/platform/disk.ts';
import type { Files, StoredFile } from '../../impl/node/platform/files.ts';
import type { Chance } from '../processes/chance.ts';
import { SimulatedFiles, systemError } from '../storage/simulatedFiles.ts';
import type { RoomProcess } from './machine.ts';

/** What may be asked of a disk. */
export type DiskOperation = 'read' | 'write' | 'open' | 'rename' | 'lock' | 'sync';

/** Operations that fail, and the code of their error. */
export interface DiskTrouble {
  readonly code: string;
  readonly operations: readonly DiskOperation[];
}

/** The directory of the replica. */
export const dataDirectory = '/data';

/**
 * The disk of a machine: simulated files, which outlive its processes. A sync takes time. A power cut leaves of what was not synced any
 * of the sectors, and the first ones of the changes of names.
 */
export class RoomDisk {
  /** By how many milliseconds a sync takes longer than one, at most. */
  slowest: number;
  /** What fails now. */
  trouble: DiskTrouble | undefined;
  private readonly usual: number;
  private readonly chance: Chance;
  private held = SimulatedFiles.empty();
  /** An earlier copy of its directory, and the round of faults in which it was made. */
  private copy: { readonly files: SimulatedFiles; readonly round: number } | undefined;
  /** How often the machine had lost its power when the disk was used last. */
  private boots = 0;
  /** Called in place of one of the next operations, which never ends then. */
  private interruption: { left: number; readonly happen: () => void } | undefined;
  /** Whether syncs never end: from the next one on, or already. */
  private sticking: 'no' | 'next' | 'now' = 'no';
  private onFreed: () => void = () => undefined;
  private readonly open = new Map<RoomProcess, number>();
  private readonly syncing = new Map<RoomProcess, number>();

  constructor(chance: Chance, usual: number) {
    this.chance = chance;
    this.usual = usual;
    this.slowest = usual;
  }

  /** Whether syncs take longer than at first. */
  get isSlow(): boolean {
    return this.slowest > this.usual;
  }

  /** Its files, behind the back of programs. */
  get files(): SimulatedFiles {
    return this.held;
  }

  /** Whether syncs end no more, from the next one on. */
  get isSticking(): boolean {
    return this.sticking !== 'no';
  }

  /** Whether a sync of the process that runs now never ends. */
  get isStuck(): boolean {
    return this.sticking === 'now';
  }

  /** How many files the process has open. */
  openBy(process: RoomProcess): number {
    return this.open.get(process) ?? 0;
  }

  /** How many syncs of the process have begun, and have not ended. */
  syncsOf(process: RoomProcess): number {
    return this.syncing.get(process) ?? 0;
  }

  /** Makes it as good as at first. A sync that is stuck stays so until its process ends. */
  heal(): void {
    this.slowest = this.usual;
    this.trouble = undefined;
    this.interruption = undefined;
    if (this.sticking === 'next') this.free();
  }

  /** From the next sync on, none ends until the process does. `onFreed`: called then. */
  stick(onFreed: () => void): void {
    this.free();
    this.sticking = 'next';
    this.onFreed = onFreed;
  }

  /** Lets this happen in place of the operation after so many. */
  interruptAfter(operations: number, happen: () => void): void {
    this.interruption = { left: operations, happen };
  }

  /** Takes its files away, all of them durable, and leaves others. No process uses it. Yields the former ones. */
  exchange(files: SimulatedFiles): SimulatedFiles {
    const held = whole(this.held);
    this.held = files;
    return held;
  }

  /**
   * Puts the copy back that was made in an earlier round; if there is none, makes one. Its process has ended. Yields whether it was put
   * back.
   */
  putBack(round: number): boolean {
    const { copy } = this;
    if (copy === undefined) this.copy = { files: whole(this.held), round };
    if (copy === undefined || copy.round === round) return false;
    this.held = copy.files;
    this.copy = undefined;
    return true;
  }

  /** The disk as a process sees it. The one before has ended. */
  seenBy(process: RoomProcess): Disk {
    const { chance } = this;
    const { boots } = process.machine;
    const keeps = () => ({ sectors: chance.below(2) === 0, names: chance.fraction() });
    this.held = boots === this.boots ? this.held.afterRestart() : this.held.afterPowerCut(keeps);
    this.boots = boots;
    this.free();
    this.open.clear();
    this.syncing.clear();
    return this.sharedWith(process);
  }

  /** The disk as a process sees it that runs beside another one. */
  sharedWith(process: RoomProcess): Disk {
    return { files: this.within(process), random: process.random, segmentBytes };
  }

  private free(): void {
    this.sticking = 'no';
    this.onFreed();
    this.onFreed = () => undefined;
  }

  /** The files, of which a process that has ended hears nothing more. */
  private within(process: RoomProcess): Files {
    const { held: files, open } = this;
    const now = async <Result>(
      operation: DiskOperation,
      perform: () => Promise<Result>,
      half: () => Promise<void> | void = () => undefined,
    ): Promise<Result> => {
      if (this.interruption !== undefined && this.interruption.left-- === 0) {
        const { happen } = this.interruption;
        this.interruption = undefined;
        happen();
      }
      if (!process.isAlive) return new Promise(() => undefined);
      const { trouble } = this;
      if (trouble?.operations.includes(operation) !== true) return perform();
      await half();
      throw systemError(trouble.code, 'the disk');
    };
    const later = async (perform: () => Promise<void>, half?: () => void): Promise<void> => {
      if (this.sticking === 'next') this.sticking = 'now';
      if (this.sticking === 'now') return new Promise(() => undefined);
      const delay = 1 + this.chance.fraction() * this.slowest;
      this.syncing.set(process, this.syncsOf(process) + 1);
      await new Promise<void>((resolve) => process.clock.after(delay, resolve));
      this.syncing.set(process, this.syncsOf(process) - 1);
      return now('sync', perform, half);
    };
    const opened = async (path: string, isNew: boolean, isDurable: boolean): Promise<StoredFile> => {
      const file = await files.open(path, isNew);
      open.set(process, this.openBy(process) + 1);
      let isOpen = true;
      const sync = (): Promise<void> =>
        later(
          () => file.sync(),
          () => file.failSync(),
        );
      return {
        size: () => now('read', () => file.size()),
        read: (position, length) => now('read', () => file.read(position, length)),
        write: async (position, bytes) => {
          const half = (): Promise<void> => file.write(position, bytes.subarray(0, bytes.length / 2));
          await now('write', () => file.write(position, bytes), half);
          if (isDurable) await sync();
        },
        truncate: (length) => now('write', () => file.truncate(length)),
        sync,
        close: () => {
          if (isOpen) open.set(process, this.openBy(process) - 1);
          isOpen = false;
          return file.close();
        },
      };
    };
    return {
      list: (directory) => now('read', () => files.list(directory)),
      read: (path, position, length) => now('read', () => files.read(path, position, length)),
      size: (path) => now('read', () => files.size(path)),
      realPath: (path) => files.realPath(path),
      makeDirectory: (directory) => now('rename', () => files.makeDirectory(directory)),
      open: (path, isNew, isDurable = false) => now('open', () => opened(path, isNew, isDurable)),
      rename: (from, to) => now('rename', () => files.rename(from, to)),
      remove: (path) => now('rename', () => files.remove(path)),
      syncDirectory: (directory) => later(() => files.syncDirectory(directory)),
      lock: (path) => now('lock', () => files.lock(path)),
    };
  }
}

/** A copy of these files, all of it durable. */
export function whole(files: SimulatedFiles): SimulatedFiles {
  return files.afterPowerCut(() => ({ sectors: true, names: 1 }));
}

/** Small, so that segments come and go. */
const segmentBytes = 32 * 1024;
