import type { Invariant, SettledInvariant } from './invariant.ts';
import { awaitedIsKept } from './state/awaited-is-kept.ts';
import { checkpointsAreEqual } from './state/checkpoints-are-equal.ts';
import { countsAreTrue } from './state/counts-are-true.ts';
import { fetchedFits } from './state/fetched-fits.ts';
import { oneNormalView } from './state/one-normal-view.ts';
import { oneStartPerView } from './state/one-start-per-view.ts';
import { sameViewSameLog } from './state/same-view-same-log.ts';
import { startIsHeld } from './state/start-is-held.ts';
import { tableFollowsLog } from './state/table-follows-log.ts';
import { viewKeepsCommitted } from './state/view-keeps-committed.ts';
import { viewsAreQuoted } from './state/views-are-quoted.ts';
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

/** The properties about single replicas and about the whole group, in the order in which they are judged. */
export const invariants: readonly Invariant[] = [
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

/** The properties about the group at rest. */
export const settledInvariants: readonly SettledInvariant[] = [oneNormalView];
