import { join } from 'node:path';
import type { Configuration } from '../../../replica/data/configuration.ts';
import { blankImage } from '../../../replica/data/storage.ts';
import { decodeEntry } from '../../encoding/logEncoding.ts';
import type { Disk } from '../../platform/disk.ts';
import { type DirectoryPaths, type FoundFiles, findFiles, moveDurably } from './directory.ts';
import { nameOf } from './journal/fileHeader.ts';
import { framesOf } from './journal/frameContent.ts';
import { Journal, type JournalEnd, type JournalPlace } from './journal/journal.ts';
import { readDirectory, type StoredContent } from './readDirectory.ts';
import { type DirectoryOwner, type Superblock, superblockFieldsOf } from './superblock.ts';
import { SuperblockFile } from './superblockFile.ts';

/** A directory that is open for writing. */
export interface OpenDirectory {
  readonly place: JournalPlace;
  readonly journal: Journal;
  readonly superblockFile: SuperblockFile;
  readonly content: StoredContent;
  readonly findings: readonly string[];
}

/** Creates the directory of a replica that never ran. The replica counts as one that ran once its first segment is there. */
export async function createDirectory(
  disk: Disk,
  paths: DirectoryPaths,
  { group, replica, settings }: DirectoryOwner,
): Promise<OpenDirectory> {
  const { directory } = paths;
  const place = { ...disk, directory, store: disk.random.bytes(8).toString('hex') };
  const superblock: Superblock = {
    ...{ group, replica, store: place.store, incarnation: 1, write: 1, firstSegment: 1, checkpointFiles: [] },
    ...superblockFieldsOf(blankImage),
    ...(settings === undefined ? {} : { settings }),
  };
  const content = { image: blankImage, superblock };
  return replaceContent(place, paths, content);
}

/** Writes all content anew, as the first segment that counts and the copy of the superblock, and opens it. */
export async function replaceContent(
  place: JournalPlace,
  paths: DirectoryPaths,
  content: StoredContent,
): Promise<OpenDirectory> {
  const { files } = place;
  const { image, superblock } = content;
  const frames = framesOf(superblock, image.log, image.log.base, place.segmentBytes);
  const end = await Journal.build(place, superblock.firstSegment, frames);
  await files.remove(paths.newSuperblock);
  const file = await SuperblockFile.open(files, paths.newSuperblock);
  try {
    await file.writeView(superblock);
    await moveDurably(files, paths, paths.newSuperblock, paths.superblock);
    const journal = await Journal.open(place, end);
    return { place, journal, superblockFile: file, content, findings: [] };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Opens the directory of a replica that ran before. If anything in it is corrupt, its content is written anew from what can be
 * read. The old files are kept until that happens again.
 */
export async function reopenDirectory(
  disk: Disk,
  paths: DirectoryPaths,
  owner: DirectoryOwner,
  configuration: Configuration,
): Promise<OpenDirectory> {
  const decode = (encoded: unknown) => decodeEntry(configuration, encoded);
  const {
    place,
    content: read,
    journal,
    findings,
    mustRebuild,
    isCopyTorn,
  } = await readDirectory(disk, paths, owner, decode);
  const { image, superblock } = read;
  const { group, settings = superblock.settings } = owner;
  const known = settings === undefined ? {} : { settings };
  const incarnation = superblock.incarnation + 1;
  const content = { image, superblock: { ...superblock, group, ...known, incarnation } };
  const told = findings.map((finding) => `${paths.directory}: ${finding}`);
  const found = await findFiles(disk.files, paths);
  const opened =
    mustRebuild || journal.end === undefined
      ? await rebuild(place, paths, content, found)
      : await resume(place, paths, content, journal.end, found, isCopyTorn);
  return { ...opened, findings: told };
}

/** Writes the content anew, and keeps the files that it came from. */
async function rebuild(
  place: JournalPlace,
  paths: DirectoryPaths,
  { image, superblock }: StoredContent,
  { segments, checkpoints }: FoundFiles,
): Promise<OpenDirectory> {
  const { files, directory } = place;
  const firstSegment = (segments.at(-1) ?? 0) + 1;
  const write = superblock.write + 1;
  const next = { ...superblock, ...superblockFieldsOf(image), firstSegment, write };
  const opened = await replaceContent(place, paths, { image, superblock: next });
  await files.remove(paths.corrupt);
  await files.makeDirectory(paths.corrupt);
  const used = new Set(next.checkpointFiles.map(({ number }) => number));
  const names = [
    ...segments.map((number) => nameOf({ kind: 'log', number })),
    ...checkpoints
      .filter((number) => !used.has(number))
      .map((number) => nameOf({ kind: 'checkpoint', number })),
  ];
  for (const name of names) await files.rename(join(directory, name), join(paths.corrupt, name));
  await files.syncDirectory(directory);
  return opened;
}

/** Notes durably that the replica runs again, and removes the files that no superblock names any longer. */
async function resume(
  place: JournalPlace,
  paths: DirectoryPaths,
  { image, superblock: last }: StoredContent,
  end: JournalEnd,
  { segments, checkpoints }: FoundFiles,
  isCopyTorn: boolean,
): Promise<OpenDirectory> {
  const { files, directory } = place;
  const superblock = { ...last, write: last.write + 1 };
  const journal = await Journal.open(place, end);
  let superblockFile: SuperblockFile | undefined;
  try {
    superblockFile = await SuperblockFile.open(files, paths.superblock);
    // A power cut may tear the next frame. With the copy torn as well, the view would count as lost.
    if (isCopyTorn) await superblockFile.writeView(last);
    await journal.append(framesOf(superblock, image.log, undefined, place.segmentBytes));
    await superblockFile.writeView(superblock);
    const used = new Set(superblock.checkpointFiles.map(({ number }) => number));
    for (const number of segments)
      if (number < superblock.firstSegment)
        await files.remove(join(directory, nameOf({ kind: 'log', number })));
    for (const number of checkpoints)
      if (!used.has(number)) await files.remove(join(directory, nameOf({ kind: 'checkpoint', number })));
    return { place, journal, superblockFile, content: { image, superblock }, findings: [] };
  } catch (error) {
    await superblockFile?.close();
    await journal.close();
    throw error;
  }
}

/** Whether a replica has run in the directory. */
export function exists({ segments, checkpoints, superblock, starts, records }: FoundFiles): boolean {
  return segments.length > 0 || checkpoints.length > 0 || superblock || starts || records;
}
