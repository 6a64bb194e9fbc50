import { join } from 'node:path';
import type { Files, StoredFile } from '../../../platform/files.ts';
import { encodeHeader, headerLength, nameOf, seedOf } from './fileHeader.ts';
import { encodeFrame } from './frame.ts';
import type { PlannedFrame } from './frameContent.ts';
import { writeFrames } from './writeFrames.ts';

/** A file of the journal. */
export interface Segment {
  readonly number: number;
  /** The largest op-number of its entries. Once the log begins after it, and the same holds before it, the file goes. */
  readonly largest: number;
}

/** The end of a journal, where the next frame goes. */
export interface JournalEnd {
  /** In order; the last one is written to. */
  readonly segments: readonly [...Segment[], Segment];
  /** The position of the next frame in the last segment. */
  readonly position: number;
  /** The number and the checksum of the last frame. */
  readonly number: number;
  readonly checksum: bigint;
}

/** The directory of a journal. */
export interface JournalPlace {
  readonly files: Files;
  readonly directory: string;
  /** The name of the storage. */
  readonly store: string;
  /** The size of a segment, in bytes. One that a single frame does not fit in is larger. */
  readonly segmentBytes: number;
}

/** A file under construction, and the name of one that is filled with zeros and waits to become a segment. */
export const [newName, spareName] = ['log.new', 'log.spare'] as const;

/**
 * The journal: frames in files called segments, of which only the last is written to. A segment has its size before its first
 * frame, so that a sync has no metadata to write. The next segment is prepared while the last one is in use.
 */
export class Journal {
  private readonly place: JournalPlace;
  /** The last segment. Its writes are durable once they end. */
  private file: StoredFile;
  private size: number;
  private end: JournalEnd;
  /** Prepares the next segment. It never rejects: a segment that could not be prepared is made when it is needed. */
  private preparing: Promise<void> = Promise.resolve();

  private constructor(place: JournalPlace, file: StoredFile, size: number, end: JournalEnd) {
    this.place = place;
    this.file = file;
    this.size = size;
    this.end = end;
  }

  /** Opens a journal at its end. What follows there is cut off: it belongs to a write that was interrupted. */
  static async open(place: JournalPlace, end: JournalEnd): Promise<Journal> {
    const { number } = lastOf(end.segments);
    const path = join(place.directory, nameOf({ kind: 'log', number }));
    const file = await place.files.open(path, false, true);
    try {
      const size = Math.max(await file.size(), place.segmentBytes);
      // What a failed sync left may be what the system shows, and not what the disk holds.
      await rewrite(file, end.position);
      await file.truncate(size);
      await file.sync();
      return new Journal(place, file, size, end);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Writes a journal of one segment, which replaces all segments before it. */
  static async build(
    place: JournalPlace,
    number: number,
    frames: Iterable<PlannedFrame>,
  ): Promise<JournalEnd> {
    const { files, directory, store, segmentBytes } = place;
    const segment = { kind: 'log', number, store } as const;
    const path = join(directory, newName);
    await files.remove(path);
    const file = await files.open(path, true);
    let built: JournalEnd;
    try {
      const { largest, ...end } = await writeFrames(file, segment, frames);
      await file.write(end.position, Buffer.alloc(Math.max(segmentBytes - end.position, 0)));
      await file.sync();
      built = { ...end, segments: [{ number, largest }] };
    } finally {
      await file.close();
    }
    await files.rename(path, join(directory, nameOf(segment)));
    await files.syncDirectory(directory);
    return built;
  }

  /** The first segment that a log with this base needs. */
  firstNeeded(base: number): number {
    const { segments } = this.end;
    return (segments.find(({ largest }) => largest > base) ?? lastOf(segments)).number;
  }

  /**
   * Appends frames, and waits until they are durable: each before the next is written, so that a power cut can tear the last one
   * only.
   */
  async append(frames: Iterable<PlannedFrame>): Promise<void> {
    for (const { payload, opNumber } of frames) {
      const room = this.size - this.end.position;
      const most = Buffer.byteLength(payload) + frameOverhead;
      if (most > room) await this.begin(most);
      const { segments, position, number, checksum: previous } = this.end;
      const segment = lastOf(segments);
      const seed = seedOf({ kind: 'log', number: segment.number, store: this.place.store });
      const { bytes, checksum } = encodeFrame(seed, { number: number + 1, opNumber, previous }, payload);
      await this.file.write(position, bytes);
      const largest = Math.max(segment.largest, opNumber);
      this.end = {
        segments: [...segments.slice(0, -1), { ...segment, largest }],
        ...{ position: position + bytes.length, number: number + 1, checksum },
      };
    }
  }

  /** Removes the segments before this one, which no superblock names any longer. */
  async removeBefore(first: number): Promise<void> {
    const { files, directory } = this.place;
    const { segments } = this.end;
    if (segments[0].number >= first) return;
    for (const { number } of segments)
      if (number < first) await files.remove(join(directory, nameOf({ kind: 'log', number })));
    const [...kept] = segments.slice(0, -1).filter(({ number }) => number >= first);
    this.end = { ...this.end, segments: [...kept, lastOf(segments)] };
  }

  async close(): Promise<void> {
    await this.preparing;
    await this.file.close();
  }

  /** Begins the next segment. */
  private async begin(least: number): Promise<void> {
    const { files, directory, store } = this.place;
    await this.preparing;
    const number = lastOf(this.end.segments).number + 1;
    const segment = { kind: 'log', number, store } as const;
    const spare = join(directory, spareName);
    if (!(await files.list(directory))?.includes(spareName)) await this.prepare();
    const file = await files.open(spare, false, true);
    try {
      const size = Math.max(await file.size(), headerLength + least);
      await file.write(0, encodeHeader(segment));
      await file.truncate(size);
      await file.sync();
      await files.rename(spare, join(directory, nameOf(segment)));
      await files.syncDirectory(directory);
      await this.file.close();
      this.size = size;
    } catch (error) {
      await file.close();
      throw error;
    }
    this.file = file;
    this.end = {
      ...this.end,
      position: headerLength,
      segments: [...this.end.segments, { number, largest: 0 }],
    };
    this.preparing = this.prepare().catch(() => undefined);
  }

  /** Fills a file with zeros. */
  private async prepare(): Promise<void> {
    const { files, directory, segmentBytes } = this.place;
    const path = join(directory, newName);
    await files.remove(path);
    const file = await files.open(path, true);
    try {
      await file.write(0, Buffer.alloc(segmentBytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(path, join(directory, spareName));
  }
}

/** More than a frame has besides its payload. */
const frameOverhead = 64;

function lastOf(segments: JournalEnd['segments']): Segment {
  const last = segments.at(-1);
  if (last === undefined) throw new RangeError('A journal has a segment.');
  return last;
}

/** Cuts the file off, and writes what is left again. */
async function rewrite(file: StoredFile, length: number): Promise<void> {
  const bytes = await file.read(0, length);
  await file.truncate(length);
  await file.write(0, bytes);
}
