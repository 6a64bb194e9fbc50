import { batchMarks } from './batches.ts';
import { catchingUpMarks } from './catchingUp.ts';
import { checkpointMarks } from './checkpoints.ts';
import { clientMarks } from './clients.ts';
import type { CoverageMark } from './mark.ts';
import { memoryMarks } from './memory.ts';
import { sessionMarks } from './sessions.ts';
import { viewChangeMarks } from './viewChanges.ts';

/** Every coverage mark, in the order in which they are counted. */
export const coverageMarks: readonly CoverageMark[] = [
  ...viewChangeMarks,
  ...catchingUpMarks,
  ...memoryMarks,
  ...checkpointMarks,
  ...clientMarks,
  ...batchMarks,
  ...sessionMarks,
];
