import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Image } from '../../impl/index.ts';
import { contentsOf } from './storageWriter.ts';

/** What came of reading a corrupt directory: nothing was lost, or entries, or the checkpoint with the log after it. */
export type ReadingOutcome = 'no effect' | 'repaired' | 'cut' | 'emptied';

/** Compares what was read from a corrupt directory with the truth. Throws an AssertionError if something wrong was believed. */
export function compareWithTruth(image: Image, truth: Image, findings: readonly string[]): ReadingOutcome {
  deepStrictEqual(image.viewNumber, truth.viewNumber);
  deepStrictEqual(image.lastNormalView, truth.lastNormalView);
  const { base } = image.log;
  if (!image.isCorrupt) {
    ok(base === truth.log.base || base === truth.checkpoint?.opNumber, 'The log begins nowhere.');
    deepStrictEqual(contentsOf(image), contentsOf({ ...truth, log: truth.log.compacted(base) }));
    return findings.length === 0 ? 'no effect' : 'repaired';
  }
  ok(findings.length > 0, 'Corruption without a finding.');
  if (image.checkpoint === undefined && truth.checkpoint !== undefined) {
    deepStrictEqual([image.log.length, image.commitNumber], [0, 0]);
    return 'emptied';
  }
  ok(image.log.length >= (truth.checkpoint?.opNumber ?? 0), 'The log is shorter than its checkpoint.');
  ok(image.commitNumber <= truth.commitNumber, 'More is committed than was.');
  ok(image.commitNumber <= image.log.length, 'More is committed than there is.');
  const log = truth.log.compacted(base).prefix(image.log.length);
  const { commitNumber } = image;
  deepStrictEqual(contentsOf(image), contentsOf({ ...truth, log, commitNumber, isCorrupt: true }));
  return 'cut';
}
