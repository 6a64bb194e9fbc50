import { oneNormalView } from '../../checking/invariants/state/one-normal-view.ts';
import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { disabledReason } from '../../world/enabled.ts';
import type { World } from '../../world/world.ts';
import type { Run } from '../run/run.ts';
import { FairScheduler } from './fairScheduler.ts';

/** Within how many ticks the group must have settled, and in how many events: both generous, both fixed. */
const settlingBounds = { ticks: 2000, eventsBetweenTicks: 20_000 } as const;

/**
 * Liveness. Faults stop: what is cut heals, and machines that are down come back unless the group tolerates that they do
 * not. Then, under a fair scheduler, the group must settle: one normal view, everything executed everywhere, everybody
 * answered. And again when all have come back and each client has asked once more, and once more after a crash of the
 * primary then. Yields the property that was broken by the way the
 * group then stands; throws ClaimBroken if one is broken by an event on the way.
 */
export function settle(model: Model, run: Run): Violation | undefined {
  const scheduler = new FairScheduler(model, run);
  if (run.world.blocked.some((senders) => senders !== 0)) scheduler.take({ type: 'heal' });
  if (!isTolerable(run.world)) restartAll(scheduler, run);
  const first = runUntilSettled(scheduler, model, run);
  if (first !== undefined) return first;
  restartAll(scheduler, run);
  askOnceMore(scheduler, run);
  const violation = runUntilSettled(scheduler, model, run);
  const primary = primaryOf(run.world);
  if (violation !== undefined || primary === undefined || run.world.configuration.tolerated === 0)
    return violation;
  const crash = { type: 'crash', replica: primary, survivors: 0 } as const;
  // Where a mutant keeps the group from settling, and the claims that say so are not looked at, it may not survive that.
  if (disabledReason(run.world, crash) !== undefined) return undefined;
  scheduler.take(crash);
  askOnceMore(scheduler, run);
  return runUntilSettled(scheduler, model, run);
}

/** Whether no more are down, or without their memory, than the group tolerates. */
function isTolerable({ machines, configuration }: World): boolean {
  const failed = machines.filter(({ replica }) => replica === undefined || replica.status === 'recovering');
  return failed.length <= configuration.tolerated;
}

function restartAll(scheduler: FairScheduler, run: Run): void {
  run.world.machines.forEach(({ replica }, number) => {
    if (replica === undefined) scheduler.take({ type: 'restart', replica: number });
  });
}

function askOnceMore(scheduler: FairScheduler, { world }: Run): void {
  world.clients.forEach(({ client }, number) => {
    if (client.outstanding.length === 0) scheduler.take({ type: 'request', client: number });
  });
}

function runUntilSettled(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  const end = scheduler.now + settlingBounds.ticks;
  // Where messages beget messages without end, no clock will help.
  let isCalm = scheduler.drain(settlingBounds.eventsBetweenTicks);
  while (isCalm && !isSettled(run.world) && scheduler.now < end) {
    scheduler.wait();
    isCalm = scheduler.drain(settlingBounds.eventsBetweenTicks);
  }
  return model.judgeSettled(run.world);
}

/** Whether nothing remains to be done. */
function isSettled(world: World): boolean {
  if (world.clients.some(({ client }) => client.outstanding.length > 0)) return false;
  if (oneNormalView.check(world) !== undefined) return false;
  const running = world.machines.flatMap(({ replica }) => (replica === undefined ? [] : [replica]));
  return running.every(
    ({ log, commitNumber }) => commitNumber === log.length && log.length === running[0]?.log.length,
  );
}

function primaryOf({ machines, implementation }: World): number | undefined {
  const primary = machines.findIndex(
    ({ replica }) => replica?.status === 'normal' && implementation.isPrimary(replica),
  );
  return primary < 0 ? undefined : primary;
}
