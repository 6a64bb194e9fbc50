import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { hasCutLinks, isArmed } from '../../world/enabled.ts';
import { linksAround } from '../../world/links.ts';
import { timerBit } from '../../world/world.ts';
import type { Run } from '../run/run.ts';
import { comparingTicks, isSettled, primaryOf, requestOnceMore, restartAll, start, stop } from './calm.ts';
import type { FairScheduler } from './fairScheduler.ts';

/** The most ticks of one phase, in a group in which a replica may be left behind. */
const alteredTicks = 60;

/**
 * Lets the replica whose storage gives back another entry restart, at first so that a backup fetches that entry, and then twice more,
 * once while the group is idle. The group exchanges messages meanwhile. That replica need not take part again.
 */
export function settleAltered(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  if (hasCutLinks(run.world)) scheduler.take({ type: 'heal' });
  restartAll(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  fetchFromAltered(scheduler, run);
  const altered = run.world.setup.altered?.replica;
  const primary = primaryOf(run.world);
  if (altered !== primary) {
    stop(scheduler, run, altered);
    start(scheduler, run, altered);
    scheduler.runUntil(() => false, comparingTicks);
  }
  restartTogether(scheduler, run, altered, primary);
  restartAll(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  return model.checkStalled(run.world);
}

/**
 * A backup that lacks an entry restarts at the same time as the altered replica, while the primary is down: the entry is then in the log
 * of the altered replica, where there are three.
 */
function restartTogether(
  scheduler: FairScheduler,
  run: Run,
  altered: number | undefined,
  primary: number | undefined,
): void {
  const backup = otherThan(run, altered, primary);
  stop(scheduler, run, backup);
  requestOnceMore(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  if (primary !== altered) stop(scheduler, run, primary);
  stop(scheduler, run, altered);
  for (const replica of [altered, backup]) start(scheduler, run, replica);
  requestOnceMore(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
}

/**
 * A backup misses entries while it is down, among them the one that is altered, and hears from the primary that it lacks them, but
 * reaches the altered replica alone, and fetches from it. Where the altered entry has an even number, the view has changed meanwhile.
 */
function fetchFromAltered(scheduler: FairScheduler, run: Run): void {
  const { altered } = run.world.setup;
  if (altered === undefined || longest(run) >= altered.opNumber) return;
  growTo(scheduler, run, altered.opNumber - run.world.clients.length);
  const primary = primaryOf(run.world);
  const backup = otherThan(run, altered.replica, primary);
  if (primary === altered.replica || backup < 0 || longest(run) >= altered.opNumber) return;
  stop(scheduler, run, backup);
  // The replica has stored that the entry is committed only with a later one.
  growTo(scheduler, run, altered.opNumber + 2);
  if (altered.opNumber % 2 === 0) callViews(scheduler, run, altered.replica);
  stop(scheduler, run, altered.replica);
  start(scheduler, run, altered.replica);
  const heard = [primary, altered.replica];
  const cut = linksAround(run.world.machines.length, [backup], 'both').filter(
    ([from, to]) => to !== altered.replica && !(to === backup && heard.includes(from)),
  );
  scheduler.take({ type: 'partition', cut, loses: true });
  start(scheduler, run, backup);
  scheduler.runUntil(isSettled, alteredTicks);
  scheduler.take({ type: 'heal' });
  scheduler.runUntil(isSettled, alteredTicks);
}

/** Clients send requests until a log has so many entries, or they have no effect. */
function growTo(scheduler: FairScheduler, run: Run, length: number): void {
  for (let before = -1; before < longest(run) && longest(run) < length; ) {
    before = longest(run);
    requestOnceMore(scheduler, run);
    scheduler.runUntil(isSettled, alteredTicks);
  }
}

function longest({ world }: Run): number {
  return Math.max(...world.machines.map(({ replica }) => replica?.log.length ?? 0));
}

function otherThan({ world }: Run, one: number | undefined, other: number | undefined): number {
  return world.machines.findIndex((_, replica) => replica !== one && replica !== other);
}

/** The replica calls for views until the primary is the same again. */
function callViews(scheduler: FairScheduler, run: Run, replica: number): void {
  for (const _ of run.world.machines)
    if (isArmed(run.world, replica, timerBit.suspect))
      scheduler.take({ type: 'timer', replica, timer: 'suspect' });
  scheduler.runUntil(isSettled, alteredTicks);
}
