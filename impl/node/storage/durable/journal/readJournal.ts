import { join } from 'node:path';
import type { Entry } from '../../../../replica/data/entry.ts';
import { layout } from '../envelope.ts';
import { type DirectoryOwner, otherVersion, parseSuperblock, type Superblock } from '../superblock.ts';
import {
  type FramedFile,
  headerLength,
  headerProblem,
  layoutIn,
  nameOf,
  numbersIn,
  seedOf,
} from './fileHeader.ts';
import { type Frame, framesFrom } from './frame.ts';
import { entriesIn, parseJson, type StoredEntries, superblockText } from './frameContent.ts';
import type { JournalEnd, JournalPlace, Segment } from './journal.ts';
import { LogRuns } from './logRuns.ts';

/** Decodes a stored entry, or yields why no log can hold it. */
export type EntryDecoder = (encoded: unknown) => Entry | string;

/** What a journal holds, as far as it is intact. */
export interface JournalReading {
  /** The last superblock, or why there is none. */
  readonly superblock: Superblock | string;
  /** The logs that can be put together from the frames. */
  readonly runs: LogRuns;
  /** Where it goes on; undefined if it must be written anew, because it is corrupt or ends within a write. */
  readonly end: JournalEnd | undefined;
  /** The corruption found, one sentence each. */
  readonly findings: readonly string[];
  /** Whether all bytes are accounted for: nothing was found, and no interrupted write follows. */
  readonly isWhole: boolean;
}

/** Reads the journal of a storage. Throws a StorageError if a file of it has another layout or owner. */
export async function readJournal(
  place: JournalPlace,
  owner: DirectoryOwner | undefined,
  decode: EntryDecoder,
): Promise<JournalReading> {
  const numbers = numbersIn((await place.files.list(place.directory)) ?? [], 'log');
  const superblock = await lastSuperblock(place, owner, numbers);
  const first = typeof superblock === 'string' ? (numbers[0] ?? 1) : superblock.firstSegment;
  const reader = new JournalReader(decode);
  const readAhead = (number: number) => {
    const reading = numbers.includes(number) ? bytesOf(place, number) : undefined;
    // If it fails, that is told when its turn comes, unless something else has failed before.
    reading?.catch(() => undefined);
    return reading;
  };
  let ahead = readAhead(first);
  for (let number = first; number <= (numbers.at(-1) ?? 0); number++) {
    const file = { kind: 'log', number, store: place.store } as const;
    const bytes = await ahead;
    ahead = readAhead(number + 1);
    if (bytes === undefined) reader.miss(file);
    else reader.read(file, bytes);
  }
  return reader.result(superblock, numbers.length);
}

/** The superblock of the last complete write, which says which segments count. */
async function lastSuperblock(
  place: JournalPlace,
  owner: DirectoryOwner | undefined,
  numbers: readonly number[],
): Promise<Superblock | string> {
  for (const number of numbers.toReversed()) {
    const bytes = await bytesOf(place, number);
    const path = join(place.directory, nameOf({ kind: 'log', number }));
    const found = layoutIn(bytes.subarray(0, headerLength));
    if (found !== undefined && found !== layout) throw otherVersion(found, path);
    let text = '';
    for (const frame of framesFrom(bytes, headerLength, seedOf({ kind: 'log', number, store: place.store })))
      text = superblockText(frame) || text;
    if (text !== '') return parseSuperblock(parseJson(text), owner, path) ?? 'its fields are wrong';
  }
  return 'it is missing';
}

async function bytesOf({ files, directory }: JournalPlace, number: number): Promise<Buffer> {
  return (await files.read(join(directory, nameOf({ kind: 'log', number })))) ?? Buffer.alloc(0);
}

/** Follows the chain of frames, segment by segment. */
class JournalReader {
  private readonly decode: EntryDecoder;
  private readonly runs = new LogRuns();
  private readonly findings: string[] = [];
  private readonly segments: Segment[] = [];
  /** The frame before the next one, in the segment that is read last. */
  private last: Pick<Frame, 'number' | 'checksum'> | undefined;
  /** The end of the last complete write: its segment, and its position there. */
  private complete = { segment: 0, position: 0 };
  /** Frames of a write whose end has not come yet. */
  private pending: StoredEntries[] = [];
  private isTorn = false;

  constructor(decode: EntryDecoder) {
    this.decode = decode;
  }

  miss(file: FramedFile): void {
    this.breakOff(`${nameOf(file)} is missing`);
  }

  read(file: FramedFile, bytes: Buffer): void {
    const name = nameOf(file);
    const problem = headerProblem(bytes.subarray(0, headerLength), file);
    if (problem !== undefined) this.findings.push(`${name}: ${problem}`);
    let largest = 0;
    let position = headerLength;
    for (const frame of framesFrom(bytes, headerLength, seedOf(file))) {
      const follows =
        this.last === undefined
          ? frame.start === headerLength
          : frame.number === this.last.number + 1 && frame.previous === this.last.checksum;
      if (!follows) this.breakOff(`${name}: the frames before byte ${frame.start} are corrupt or missing`);
      this.last = frame;
      this.take(frame, name);
      position = frame.end;
      if (this.pending.length === 0) this.complete = { segment: file.number, position };
      largest = Math.max(largest, frame.opNumber);
    }
    this.segments.push({ number: file.number, largest });
    const rest = bytes.subarray(position);
    this.isTorn = !rest.equals(Buffer.alloc(rest.length));
  }

  result(superblock: Superblock | string, files: number): JournalReading {
    const { runs, findings, segments, last, complete } = this;
    if (files === 0) findings.push('the log is missing');
    const [...before] = segments.slice(0, -1);
    const final = segments.at(-1);
    const isAtEnd = final !== undefined && last !== undefined && this.pending.length === 0;
    const end =
      isAtEnd && findings.length === 0
        ? { ...last, segments: [...before, final] as const, position: endIn(complete, final.number) }
        : undefined;
    const isWhole = findings.length === 0 && isAtEnd && !this.isTorn;
    return { superblock, runs, end, findings, isWhole };
  }

  private breakOff(finding: string): void {
    this.findings.push(finding);
    this.runs.breakOff();
    this.pending = [];
  }

  private take(frame: Frame, name: string): void {
    const entries = entriesIn(frame);
    if (typeof entries === 'string')
      return this.breakOff(`${name}: the frame at byte ${frame.start}: ${entries}`);
    if (entries !== undefined) this.pending.push(entries);
    const superblock = superblockText(frame);
    if (superblock === '') return;
    for (const { after, end, entries: encoded } of this.pending) {
      let log = this.runs.before(after, end);
      for (const each of encoded) {
        const entry = this.decode(each);
        if (typeof entry === 'string') return this.breakOff(`${name}: entry ${log.length + 1}: ${entry}`);
        log = log.append(entry);
      }
      this.runs.extend(log);
    }
    this.pending = [];
    this.runs.complete(frame.opNumber, superblock);
  }
}

/** A segment after the last complete write has no frame yet. */
function endIn({ segment, position }: { segment: number; position: number }, last: number): number {
  return segment === last ? position : headerLength;
}
