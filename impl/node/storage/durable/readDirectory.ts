import { isMember } from '../../../replica/data/membership.ts';
import { blankImage, type Image } from '../../../replica/data/storage.ts';
import type { Disk } from '../../platform/disk.ts';
import { StorageError } from '../stableStorage.ts';
import { readCheckpoint } from './checkpointFiles.ts';
import { chooseSuperblock } from './chooseSuperblock.ts';
import { beginAnew, type DirectoryPaths, findFiles } from './directory.ts';
import type { JournalPlace } from './journal/journal.ts';
import { type EntryDecoder, type JournalReading, readJournal } from './journal/readJournal.ts';
import { storeOf } from './storeName.ts';
import type { DirectoryOwner, Superblock } from './superblock.ts';
import { readSlots } from './superblockFile.ts';

/** The content of the disk. */
export interface StoredContent {
  readonly image: Image;
  readonly superblock: Superblock;
}

/** What a directory holds, as far as it is intact. */
export interface DirectoryReading {
  readonly place: JournalPlace;
  readonly content: StoredContent;
  readonly journal: JournalReading;
  /** The corruption found, one sentence each. */
  readonly findings: readonly string[];
  /** Whether the files must be written anew before others are. */
  readonly mustRebuild: boolean;
  /** Whether a slot of the superblock's copy that holds the view cannot be read. */
  readonly isCopyTorn: boolean;
}

/**
 * Reads the directory of a replica that ran before, and changes nothing. `owner`: whose it should be, where that is known. Throws a
 * StorageError if it is another's, in another layout, or so corrupt that the view which the replica promised is lost.
 */
export async function readDirectory(
  disk: Disk,
  paths: DirectoryPaths,
  owner: DirectoryOwner | undefined,
  decode: EntryDecoder,
): Promise<DirectoryReading> {
  const { directory } = paths;
  const { segments } = await findFiles(disk.files, paths);
  const copies = await readSlots(disk.files, paths.superblock, owner);
  const named = await storeOf(disk.files, directory, segments);
  const store = copies.latest?.store ?? named ?? unknownStore;
  if (named !== undefined && named !== store)
    throw new StorageError(
      'corrupt',
      `${directory}: its log is of the storage ${named}, and its superblock of the storage ${store}. Put its files together again as ` +
        `they were. If that is not possible: ${beginAnew}`,
    );
  const place = { ...disk, directory, store };
  const journal = await readJournal(place, owner, decode);
  const choice = chooseSuperblock(journal.superblock, copies, journal.isWhole, directory);
  const { content, findings } = await contentOf(place, choice.superblock, journal);
  const all = [...choice.findings, ...journal.findings, ...findings];
  // The slots of the view are written after the journal, by some writes: by the last one, if no slot in turn names it. It may have been interrupted.
  // The file itself is there before the replica takes part in its group.
  const mayBeTorn =
    journal.isWhole &&
    choice.findings.length === 0 &&
    copies.lastInTurn < choice.superblock.write &&
    (!copies.isCutOff || !isMember(content.image.membership));
  const mustRebuild = all.length > 0 || journal.end === undefined;
  return {
    place,
    content,
    journal,
    findings: [...all, ...(mayBeTorn ? [] : copies.corruptions)],
    mustRebuild,
    isCopyTorn: copies.corruptions.length > 0,
  };
}

/** No storage has this name. */
const unknownStore = '0'.repeat(16);

/** The image that the superblock describes, as far as it is intact. If its checkpoint is corrupt, the log after it is of no use. */
async function contentOf(
  place: JournalPlace,
  superblock: Superblock,
  { runs }: JournalReading,
): Promise<{ readonly content: StoredContent; readonly findings: readonly string[] }> {
  const { viewNumber, lastNormalView, commitNumber, isCorrupt, halted, founders, generations } = superblock;
  const membership = { founders, generations };
  const checkpoint = await readCheckpoint(place, superblock);
  if (typeof checkpoint === 'string') {
    const image = { ...blankImage, viewNumber, lastNormalView, membership, isCorrupt: true, halted };
    const finding = `${checkpoint}: neither the checkpoint nor the log after it can be used`;
    return { content: { image, superblock: { ...superblock, checkpointFiles: [] } }, findings: [finding] };
  }
  const { log, isCut } = runs.find(superblock);
  const known = isCut ? Math.min(commitNumber, log.length) : commitNumber;
  const viewFields = { viewNumber, lastNormalView, commitNumber: known };
  const image = { ...viewFields, log, checkpoint, membership, isCorrupt: isCorrupt || isCut, halted };
  const { base, length } = superblock;
  const lost = `of the log's entries ${base + 1} to ${length}, those after ${log.length} are lost`;
  return { content: { image, superblock }, findings: isCut ? [lost] : [] };
}
