import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import type { TimedRequest } from '../../checking/timedRequest.ts';
import { canRequest } from '../../world/enabled.ts';
import type { Run } from '../run/run.ts';
import type { FairScheduler } from './fairScheduler.ts';

/** Within so many ticks, heartbeats and their answers report every clock. */
const reportingTicks = 3;

/**
 * Requests to a group at rest whose clocks are set right. First they are behind the log, if that is far enough ahead of 0,
 * and then ahead of it. Then the primary's alone is ahead of the others', first within the bound, and behind them. `settle` brings the group to rest
 * after a request, and returns the property that it breaks.
 */
export function requestAtTimes(
  scheduler: FairScheduler,
  model: Model,
  run: Run,
  primary: number,
  settle: () => Violation | undefined,
): Violation | undefined {
  const { clockBound, size, quorum } = run.world.configuration;
  // A clock that went back by less than the bound is waited for.
  const elapsed = clockBound + 20;
  const timed: TimedRequest[] = [];
  const lastTime = () => run.world.machines[primary]?.replica?.log.lastTime ?? 0;

  function request(clock: number, primaryClock = clock): Violation | undefined {
    let { clockAlarms: alarms } = scheduler;
    run.world.machines.forEach((_, replica) => {
      scheduler.take({ type: 'clock', replica, time: replica === primary ? primaryClock : clock });
    });
    scheduler.runUntil(() => false, reportingTicks);
    // While some clocks are reported and others not yet, right ones may seem wrong.
    if (primaryClock === clock) alarms = scheduler.clockAlarms;
    if (!canRequest(run.world, 0)) return undefined;
    const before = lastTime();
    scheduler.take({ type: 'request', client: 0 });
    const violation = settle();
    timed.push({ clock, primaryClock, before, time: lastTime(), alarms: scheduler.clockAlarms - alarms });
    return violation;
  }

  const behind = lastTime() - clockBound - 4 * elapsed;
  const crawling = behind <= 0 ? [] : [behind, behind + elapsed, behind + 2 * elapsed];
  for (const clock of crawling) {
    const violation = request(clock);
    if (violation !== undefined) return violation;
  }
  const right = lastTime() + 2 * clockBound;
  const early =
    request(right) ??
    (size > 1
      ? (request(right + 20, right + 20 + Math.floor(0.75 * clockBound)) ??
        request(right + 20, right + 3 * clockBound))
      : undefined);
  if (early !== undefined) return early;
  // The others are a quorum without the primary.
  if (size > quorum) {
    const later = right + 4 * clockBound;
    const late = request(later) ?? request(later + 3 * clockBound, later);
    if (late !== undefined) return late;
  }
  return model.checkSettled(run.world, { timed });
}
