import { batchSituations } from './batches.ts';
import { catchingUpSituations } from './catching-up.ts';
import { checkpointSituations } from './checkpoints.ts';
import { clientSituations } from './clients.ts';
import { sessionSituations } from './sessions.ts';
import type { Situation } from './mark.ts';
import { viewChangeSituations } from './view-changes.ts';

/** Every situation that is counted. */
export const situations: readonly Situation[] = [
  ...viewChangeSituations,
  ...catchingUpSituations,
  ...checkpointSituations,
  ...clientSituations,
  ...batchSituations,
  ...sessionSituations,
];
