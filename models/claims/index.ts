import type { SettledClaim, StepClaim } from './claim.ts';
import { awaitedIsKept } from './cluster/awaited-is-kept.ts';
import { checkpointsAreEqual } from './cluster/checkpoints-are-equal.ts';
import { countsAreTrue } from './cluster/counts-are-true.ts';
import { fetchedFits } from './cluster/fetched-fits.ts';
import { oneNormalView } from './cluster/one-normal-view.ts';
import { oneStartPerView } from './cluster/one-start-per-view.ts';
import { sameViewSameLog } from './cluster/same-view-same-log.ts';
import { startIsHeld } from './cluster/start-is-held.ts';
import { tableFollowsLog } from './cluster/table-follows-log.ts';
import { viewKeepsCommitted } from './cluster/view-keeps-committed.ts';
import { viewsAreQuoted } from './cluster/views-are-quoted.ts';
import { ackedIsKept } from './step/acked-is-kept.ts';
import { acksAreHeld } from './step/acks-are-held.ts';
import { answersFit } from './step/answers-fit.ts';
import { logReachesBack } from './step/log-reaches-back.ts';
import { logStays } from './step/log-stays.ts';
import { neverBackwards } from './step/never-backwards.ts';
import { neverThrows } from './step/never-throws.ts';
import { noAckAfterVote } from './step/no-ack-after-vote.ts';
import { votesAreOwn } from './step/votes-are-own.ts';
import { withinBounds } from './step/within-bounds.ts';

/** The claims about single replicas and about the whole group, in the order in which they are judged. */
export const stepClaims: readonly StepClaim[] = [
  neverThrows,
  neverBackwards,
  withinBounds,
  logReachesBack,
  logStays,
  noAckAfterVote,
  acksAreHeld,
  ackedIsKept,
  answersFit,
  votesAreOwn,
  viewsAreQuoted,
  countsAreTrue,
  viewKeepsCommitted,
  sameViewSameLog,
  fetchedFits,
  startIsHeld,
  oneStartPerView,
  tableFollowsLog,
  awaitedIsKept,
  checkpointsAreEqual,
];

/** The claims about the group at rest. */
export const settledClaims: readonly SettledClaim[] = [oneNormalView];
