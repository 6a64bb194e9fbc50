import { edit, type StorageMutant } from './storageMutant.ts';

/** The last segment is opened like any other file, at each of two places. */
const notSynced = [
  edit('journal/journal.ts', 'place.files.open(path, false, true)', 'place.files.open(path, false)'),
  edit('journal/journal.ts', 'files.open(spare, false, true)', 'files.open(spare, false)'),
];

/** Mutants of writing: what must be durable, and in which order. */
export const writingMutants: readonly StorageMutant[] = [
  {
    name: 'journal-not-synced',
    rule: 'A write is acknowledged once the journal is synced.',
    edits: notSynced,
  },
  {
    name: 'frames-synced-together',
    rule: 'A frame is durable before the next one is written.',
    edits: [
      ...notSynced,
      edit(
        'journal/journal.ts',
        '      };\n    }\n  }\n',
        '      };\n    }\n    await this.file.sync();\n  }\n',
      ),
      edit(
        'journal/journal.ts',
        '    await this.preparing;\n    const number',
        '    await this.file.sync();\n    await this.preparing;\n    const number',
      ),
    ],
  },
  {
    name: 'segment-name-not-synced',
    rule: 'The name of a segment is durable before its first frame is acknowledged.',
    edits: [
      edit(
        'journal/journal.ts',
        'await files.rename(spare, join(directory, nameOf(segment)));\n      await files.syncDirectory(directory);',
        'await files.rename(spare, join(directory, nameOf(segment)));',
      ),
    ],
  },
  {
    name: 'built-segment-not-synced',
    rule: 'A segment that replaces others is durable before it has its name.',
    edits: [
      edit(
        'journal/journal.ts',
        'await file.write(end.position, Buffer.alloc(Math.max(segmentBytes - end.position, 0)));\n      await file.sync();',
        'await file.write(end.position, Buffer.alloc(Math.max(segmentBytes - end.position, 0)));',
      ),
    ],
  },
  {
    name: 'checkpoint-not-synced',
    rule: 'The files of a checkpoint are durable before a superblock names them.',
    edits: [edit('checkpointFiles.ts', '    await file.sync();\n', '')],
  },
  {
    name: 'checkpoint-name-not-synced',
    rule: 'The names of the files of a checkpoint are durable before a superblock names them.',
    edits: [edit('checkpointFiles.ts', '  await files.syncDirectory(directory);\n', '')],
  },
  {
    name: 'directory-name-not-synced',
    rule: 'The names of the directory, and of those above it, are durable before its storage is used.',
    edits: [edit('directory.ts', '    await syncAbove(files, resolve(directory));\n', '')],
  },
  {
    name: 'segments-removed-early',
    rule: 'Segments are removed once the superblock that does without them is durable.',
    edits: [
      edit(
        'durableStorage.ts',
        '    await journal.append(framesOf(',
        '    await journal.removeBefore(firstSegment);\n    await journal.append(framesOf(',
      ),
    ],
  },
  {
    name: 'needed-segment-removed',
    rule: 'A segment is kept while the log has entries of it.',
    edits: [
      edit('journal/journal.ts', '({ largest }) => largest > base', '({ largest }) => largest > base + 8'),
    ],
  },
  {
    name: 'checkpoint-removed-early',
    rule: 'The files of a checkpoint are kept while the last superblock names them.',
    edits: [edit('durableStorage.ts', 'if (!used.has(number))', 'if (used.size > 0)')],
  },
  {
    name: 'view-not-copied',
    rule: 'A new view is in both slots of the copy before its write is acknowledged.',
    edits: [
      edit(
        'durableStorage.ts',
        'if (isNewView) await superblockFile.writeView(superblock);\n    // Other writes need not wait for the copy, which is not synced then.\n    else this.copied',
        'this.copied',
      ),
    ],
  },
  {
    name: 'checkpoint-on-another',
    rule: 'The changes of a checkpoint are taken onto the checkpoint since which they are.',
    edits: [
      edit(
        'checkpointWriter.ts',
        'return written.since === checkpoint && hasAll(log, written.record.checkpoint) ? written : undefined;',
        'return hasAll(log, written.record.checkpoint) || checkpoint === undefined || log.length >= 0 ? written : undefined;',
      ),
    ],
  },
  {
    name: 'foreign-checkpoint-deferred',
    rule: 'Only a checkpoint whose entries the log has is deferred.',
    edits: [
      edit(
        'writePlan.ts',
        'return opNumber > log.base && opNumber <= log.length && !log.differsAt(opNumber, checksum);',
        'return opNumber > log.base && checksum !== undefined && opNumber <= log.length + 100;',
      ),
    ],
  },
  {
    name: 'write-after-failure',
    rule: 'After an operation on files has failed, nothing more is written.',
    edits: [
      edit(
        'durableStorage.ts',
        "if (this.failure === undefined || this.failure.problem === 'closed') this.working",
        'this.working',
      ),
    ],
  },
  {
    name: 'torn-copy-left',
    rule: 'A torn copy of the superblock is written anew before a frame that may be torn too.',
    edits: [edit('openDirectory.ts', '    if (isCopyTorn) await superblockFile.writeView(last);\n', '')],
  },
  {
    name: 'superblock-name-not-synced',
    rule: 'The name of a file that replaces another is durable before anything depends on it.',
    edits: [
      edit(
        'directory.ts',
        '  await files.rename(from, to);\n  await files.syncDirectory(directory);',
        '  await files.rename(from, to);',
      ),
    ],
  },
  {
    name: 'largest-entry-not-noted',
    rule: 'A segment knows the largest op-number of its entries.',
    edits: [
      edit(
        'journal/journal.ts',
        'const largest = Math.max(segment.largest, opNumber);',
        'const { largest } = segment;',
      ),
    ],
  },
  {
    name: 'answered-before-written',
    rule: 'A write is acknowledged once it is durable, and not when it begins.',
    edits: [
      edit(
        'durableStorage.ts',
        '        await this.commit(group.flatMap(({ records }) => records));\n        for (const { resolve } of group) resolve();',
        '        for (const { resolve } of group) resolve();\n        await this.commit(group.flatMap(({ records }) => records));',
      ),
    ],
  },
  {
    name: 'gone-leaves-kept',
    rule: 'A checkpoint names the leaves that are gone.',
    edits: [
      edit(
        'checkpointLeaves.ts',
        'for (const [hash, leaf] of changesBetween(before?.[part] ?? Tree.empty(), after[part])) {',
        'for (const [hash, leaf] of changesBetween(before?.[part] ?? Tree.empty(), after[part])) {\n      if (leaf === undefined) continue;',
      ),
    ],
  },
  {
    name: 'members-not-stored',
    rule: 'What a replica knows of the members of its group is stored.',
    edits: [
      edit(
        'superblock.ts',
        '  return { isCorrupt, ...membership, ...viewFields',
        '  return { isCorrupt, founders: [], generations: [...membership.generations].fill(0), ...viewFields',
      ),
    ],
  },
  {
    name: 'halt-not-stored',
    rule: 'A replica that has stopped for good stays so.',
    edits: [edit('superblock.ts', 'halted === undefined ? {} : { halted }', '{}')],
  },
  {
    name: 'fetched-checkpoint-not-waited-for',
    rule: 'A checkpoint for entries that the log does not have is written before the write that names it.',
    edits: [
      edit(
        'checkpointWriter.ts',
        '    return this.write(checkpoint);\n  }\n\n  /** Begins',
        '    const underWay = this.write(checkpoint);\n    underWay.catch(() => undefined);\n    return [{ number: this.number, bytes: 500 }];\n  }\n\n  /** Begins',
      ),
    ],
  },
];
