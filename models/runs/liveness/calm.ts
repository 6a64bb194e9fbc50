import { liveReplicas } from '../../checking/invariants/state/diverged-is-alarmed.ts';
import { oneNormalView } from '../../checking/invariants/state/one-normal-view.ts';
import { disabledReason, isDown } from '../../world/enabled.ts';
import type { World } from '../../world/world.ts';
import type { Run } from '../run/run.ts';
import type { FairScheduler } from './fairScheduler.ts';

/*
 * What happens to a group under the fair scheduler, and whether it is at rest.
 */

/** In so many ticks each backup of a group at rest answers several heartbeats. */
export const comparingTicks = 8;

/** The machine stops, if there is one of this number and it may. All that it wrote survives. */
export function stop(scheduler: FairScheduler, run: Run, replica: number | undefined): void {
  const machine = replica === undefined ? undefined : run.world.machines[replica];
  if (machine === undefined || replica === undefined) return;
  const crash = { type: 'crash', replica, survivors: machine.disk.unsynced.length } as const;
  if (disabledReason(run.world, crash) === undefined) scheduler.take(crash);
}

/** The machine restarts, if there is one of this number and it is down. */
export function start(scheduler: FairScheduler, run: Run, replica: number | undefined): void {
  if (replica !== undefined && isDown(run.world.machines[replica]))
    scheduler.take({ type: 'restart', replica });
}

/** Every machine that is down restarts. */
export function restartAll(scheduler: FairScheduler, run: Run): void {
  run.world.machines.forEach(({ replica }, number) => {
    if (replica === undefined) scheduler.take({ type: 'restart', replica: number });
  });
}

/** Each client without an outstanding request sends one. */
export function requestOnceMore(scheduler: FairScheduler, { world }: Run): void {
  world.clients.forEach(({ client }, number) => {
    if (client.outstanding.length === 0) scheduler.take({ type: 'request', client: number });
  });
}

/** Whether no client waits for an answer. */
export function isAnswered({ clients }: World): boolean {
  return clients.every(({ client }) => client.outstanding.length === 0);
}

/**
 * Whether every request is answered, and all running replicas are normal in one view with equal, executed
 * logs.
 */
export function isSettled(world: World): boolean {
  if (!isAnswered(world)) return false;
  if (oneNormalView.check(world, {}) !== undefined) return false;
  const running = liveReplicas(world);
  return running.every(
    ({ log, commitNumber }) => commitNumber === log.length && log.length === running[0]?.log.length,
  );
}

/** The number of a normal primary, if there is one. */
export function primaryOf({ machines, implementation }: World): number | undefined {
  const primary = machines.findIndex(
    ({ replica }) => replica?.status === 'normal' && implementation.isPrimary(replica),
  );
  return primary < 0 ? undefined : primary;
}
