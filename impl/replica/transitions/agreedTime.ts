import type { Predicted } from '../../service/service.ts';
import { type Replica, reachedByQuorum } from '../data/replica.ts';
import { alarm, type StepContext } from './effects.ts';

/**
 * The primary's prediction for the next entry, VRR §4.4. Agreed times never run backwards, even if this primary's clock is
 * behind the previous one's.
 *
 * Departure (VRR §4.4 believes the primary's clock): a clock that differs from those of a quorum by more than `clockBound`
 * counts as that far from them. Otherwise one clock that is ahead for a moment would set the agreed time ahead for good.
 */
export function predict({ replica, reading: { time, random } }: StepContext): Predicted {
  const { lastTime } = replica.log;
  const { clockBound } = replica.configuration;
  const reached = quorumTime(replica, time);
  if (lastTime > reached + clockBound) return { time: crawled(replica, reached), random };
  replica.crawledFrom = 0;
  const believed = Math.min(Math.max(time, reached - clockBound), reached + clockBound);
  return { time: Math.max(believed, lastTime), random };
}

/**
 * The latest time that the clocks of a quorum have reached: this primary's, and the others' as they last reported. With at
 * most f wrong clocks it lies between two right ones. 0 until a quorum has reported.
 */
function quorumTime({ clocks, replicaNumber, configuration }: Replica, own: number): number {
  return reachedByQuorum(clocks.with(replicaNumber, own), configuration.quorum);
}

/**
 * The next agreed time while the log is ahead of the clocks: it advances half as fast as they do, so that what expires does
 * expire, and the clocks catch up. A clock that jumps moves it by half the bound at most.
 */
function crawled(replica: Replica, reached: number): number {
  const { crawledFrom, log } = replica;
  const { clockBound } = replica.configuration;
  const elapsed = reached - crawledFrom;
  const isFirst = crawledFrom === 0 || elapsed < -clockBound;
  const advance = isFirst ? 0 : Math.max(0, Math.floor(Math.min(elapsed, clockBound) / 2));
  if (isFirst || advance > 0) replica.crawledFrom = reached;
  return Math.min(log.lastTime + advance, Number.MAX_SAFE_INTEGER);
}

/**
 * Notes what a backup's clock shows, at the primary. Raises an alarm once this primary's clock differs too much from those of
 * a quorum. Returns whether any of this is news.
 */
export function hearClock(context: StepContext, replicaNumber: number, clock: number): boolean {
  const { replica } = context;
  const isNew = replica.clocks[replicaNumber] !== clock;
  if (isNew) replica.clocks = replica.clocks.with(replicaNumber, clock);
  return judgeOwnClock(context) || isNew;
}

/** Returns whether it is news that this primary's clock is wrong, or right again. */
function judgeOwnClock(context: StepContext): boolean {
  const { replica, reading } = context;
  const { clockBound } = replica.configuration;
  const reached = quorumTime(replica, reading.time);
  // Without a quorum, or a reading, nothing is known.
  if (reached === 0 || reading.time === 0) return false;
  const ahead = reading.time - reached;
  const isDoubted = Math.abs(ahead) > clockBound;
  if (isDoubted === replica.isClockDoubted) return false;
  replica.isClockDoubted = isDoubted;
  if (isDoubted) alarm(context, { code: 'clock-doubted', ahead, clockBound });
  return true;
}
