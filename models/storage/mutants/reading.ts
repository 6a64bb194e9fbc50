import { edit, type StorageMutant } from './storageMutant.ts';

/** Mutants of reading: what counts of what the files hold. */
export const readingMutants: readonly StorageMutant[] = [
  {
    name: 'read-frame-not-synced',
    rule: 'What is read of the last segment is durable before the journal goes on.',
    edits: [
      edit('journal/journal.ts', '      await rewrite(file, end.position);\n', ''),
      edit(
        'journal/journal.ts',
        '      await file.truncate(size);\n      await file.sync();\n      return new Journal',
        '      await file.truncate(size);\n      return new Journal',
      ),
    ],
  },
  {
    name: 'unfinished-write-taken',
    rule: 'Frames without the superblock that ends their write count for nothing.',
    edits: [edit('journal/readJournal.ts', "    if (superblock === '') return;\n", '')],
  },
  {
    name: 'gap-not-noticed',
    rule: 'Each frame names the checksum and the number of the frame before it.',
    edits: [
      edit(
        'journal/readJournal.ts',
        'frame.number === this.last.number + 1 && frame.previous === this.last.checksum',
        'true',
      ),
    ],
  },
  {
    name: 'replaced-entries-kept',
    rule: 'After a gap only entries that were committed before it are certain.',
    edits: [
      edit(
        'journal/logRuns.ts',
        'Math.min(Math.max(needed.opNumber, committedIn(best)), best.log.length)',
        'best.log.length',
      ),
    ],
  },
  {
    name: 'committed-after-gap-believed',
    rule: 'A superblock after a gap says nothing of the log before it.',
    edits: [
      edit(
        'journal/logRuns.ts',
        '  breakOff(): void {\n    this.current = undefined;',
        '  breakOff(): void {',
      ),
    ],
  },
  {
    name: 'log-joined-unseen',
    rule: 'Entries join a log only if its chained checksum is the one on which they build.',
    edits: [
      edit(
        'journal/logRuns.ts',
        '      log.prefix(after).checksum === checksumOf(after, end);',
        '      true;',
      ),
    ],
  },
  {
    name: 'frame-checksum-ignored',
    rule: 'A frame counts if its checksum is right.',
    edits: [
      edit(
        'journal/frame.ts',
        'if (h64Raw(bytes.subarray(start + checksumLength, end), seed) !== checksum) return undefined;',
        '',
      ),
    ],
  },
  {
    name: 'checkpoint-digest-ignored',
    rule: 'A checkpoint counts if its digests are those in the superblock.',
    edits: [
      edit(
        'checkpointFiles.ts',
        'if (tree.digest !== checkpoint[part]) return',
        'if (tree.digest === undefined) return',
      ),
      edit('checkpointFiles.ts', '  return last.end === length ?', '  return last.end >= 0 ?'),
    ],
  },
  {
    name: 'lost-end-not-noticed',
    rule: 'The copy of the superblock tells that the log has lost its end.',
    edits: [
      edit('chooseSuperblock.ts', 'latest !== undefined && own.write < latest.write', 'latest === null'),
    ],
  },
  {
    name: 'corrupt-files-not-replaced',
    rule: 'A directory in which anything is corrupt is written anew.',
    edits: [
      edit(
        'readDirectory.ts',
        'const mustRebuild = all.length > 0 || journal.end === undefined;',
        'const mustRebuild = journal.end === undefined;',
      ),
    ],
  },
  {
    name: 'incarnation-not-written',
    rule: 'Each opening is noted durably before the storage is used.',
    edits: [
      edit(
        'openDirectory.ts',
        'const incarnation = superblock.incarnation + 1;',
        'const { incarnation } = superblock;',
      ),
    ],
  },
  {
    name: 'commit-number-past-log',
    rule: 'A log that was cut has no commit-number beyond its end.',
    edits: [
      edit('readDirectory.ts', 'isCut ? Math.min(commitNumber, log.length) : commitNumber', 'commitNumber'),
    ],
  },
  {
    name: 'cut-log-not-marked',
    rule: 'A log of which entries are missing is marked as corrupt.',
    edits: [edit('readDirectory.ts', 'isCorrupt: isCorrupt || isCut', 'isCorrupt')],
  },
  {
    name: 'earlier-files-forgotten',
    rule: 'The changes of a checkpoint count together with the files before them.',
    edits: [edit('checkpointFiles.ts', 'isWhole ? [file] : [...stored.files, file]', '[file]')],
  },
  {
    name: 'layout-unchecked',
    rule: 'A header names a layout if its checksum is right.',
    edits: [
      edit(
        'journal/fileHeader.ts',
        'h64ToString(text) === checksum ? Number(found)',
        'found !== undefined ? Number(found)',
      ),
    ],
  },
];
