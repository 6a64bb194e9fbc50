import { liveReplicas } from '../../checking/invariants/state/diverged-is-alarmed.ts';
import { oneNormalView } from '../../checking/invariants/state/one-normal-view.ts';
import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { noTraffic } from '../../checking/traffic.ts';
import { isEmptied } from '../../world/disk.ts';
import { canRequest, disabledReason, hasCutLinks, isConnected, isDown } from '../../world/enabled.ts';
import { isHalted, timerBit, type World } from '../../world/world.ts';
import type { Run } from '../run/run.ts';
import { FairScheduler } from './fairScheduler.ts';
import { requestAtTimes } from './timedRequests.ts';

/** The most ticks of one phase. They are generous. */
const settlingTicks = 2000;
/** The same for a group that may never settle. */
const divergedTicks = 400;
/** The same for a group in which a replica may be left behind. */
const alteredTicks = 60;
/** In so many ticks each backup of a group at rest answers several heartbeats. */
const comparingTicks = 8;

/**
 * The liveness check, in phases, each under a fair scheduler after faults have stopped. If some links are cut for
 * good, and one replica exchanges messages with a quorum all the same, every request must be answered first. Then:
 *
 * 1. Links heal, and machines that are down restart unless the group tolerates their absence.
 * 2. All machines have restarted, and each client without an outstanding request has sent one more. Once the group is
 *    at rest, one client sends another request, for which the messages are counted.
 *    In a run in which clocks were set, requests follow at different times.
 * 3. The primary has crashed, and each such client has sent one more.
 *
 * In each phase the group must settle: all running replicas normal in one view, every entry executed
 * everywhere, and every request answered. Returns the property that the settled group breaks; throws
 * PropertyViolated if an event breaks one.
 */
export function settle(model: Model, run: Run): Violation | undefined {
  const scheduler = new FairScheduler(model, run);
  if (run.world.setup.impure !== undefined) return settleDiverged(scheduler, model, run);
  if (run.world.setup.altered !== undefined) return settleAltered(scheduler, model, run);
  const unserved = serveWhileCut(scheduler, model, run);
  if (unserved !== undefined) return unserved;
  if (hasCutLinks(run.world)) scheduler.take({ type: 'heal' });
  if (!isTolerable(run.world)) restartAll(scheduler, run);
  const first = runUntilSettled(scheduler, model, run);
  if (first !== undefined) return first;
  restartAll(scheduler, run);
  requestOnceMore(scheduler, run);
  const violation =
    runUntilSettled(scheduler, model, run) ??
    requestInCalm(scheduler, model, run) ??
    requestWithRightClocks(scheduler, model, run);
  const primary = primaryOf(run.world);
  if (violation !== undefined || primary === undefined || run.world.configuration.tolerated === 0)
    return violation;
  const crash = { type: 'crash', replica: primary, survivors: 0 } as const;
  // A mutant may keep the group from settling without breaking a given property: then it may not tolerate the
  // crash.
  if (disabledReason(run.world, crash) !== undefined) return undefined;
  scheduler.take(crash);
  requestOnceMore(scheduler, run);
  return runUntilSettled(scheduler, model, run);
}

/**
 * Lets a group in which a replica executes differently settle, and checkpoints be compared. It counts as able to serve
 * clients if a quorum has not stopped for good, and no other replica had lost its memory.
 */
function settleDiverged(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  if (hasCutLinks(run.world)) scheduler.take({ type: 'heal' });
  restartAll(scheduler, run);
  const { machines, configuration } = run.world;
  const isWhole =
    configuration.mode === 'durable' &&
    machines.every(({ disk }) => !disk.image.isCorrupt && !isEmptied(disk));
  if (liveReplicas(run.world).length < configuration.quorum) return undefined;
  requestOnceMore(scheduler, run);
  scheduler.runUntil(isSettled, isWhole ? settlingTicks : divergedTicks);
  scheduler.runUntil(() => false, comparingTicks);
  restartHalted(scheduler, run);
  const isAtRest = scheduler.runUntil(isSettled, isWhole ? settlingTicks : divergedTicks);
  scheduler.runUntil(() => false, comparingTicks);
  const isServed = isWhole && liveReplicas(run.world).length >= configuration.quorum;
  if (isServed) return model.checkSettled(run.world);
  return isAtRest ? model.checkStalled(run.world) : undefined;
}

/**
 * Lets the replica whose storage gives back another entry restart twice, first while the group is idle, and the group exchange
 * messages. That replica need not take part again. A backup that lacks an entry restarts at the same time, while the primary is
 * down: the entry is then in the log of the altered replica, where there are three.
 */
function settleAltered(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  if (hasCutLinks(run.world)) scheduler.take({ type: 'heal' });
  restartAll(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  const altered = run.world.setup.altered?.replica;
  const primary = primaryOf(run.world);
  if (altered !== primary) {
    stop(scheduler, run, altered);
    start(scheduler, run, altered);
    scheduler.runUntil(() => false, comparingTicks);
  }
  const backup = run.world.machines.findIndex((_, replica) => replica !== altered && replica !== primary);
  stop(scheduler, run, backup);
  requestOnceMore(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  if (primary !== altered) stop(scheduler, run, primary);
  stop(scheduler, run, altered);
  for (const replica of [altered, backup]) start(scheduler, run, replica);
  requestOnceMore(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  restartAll(scheduler, run);
  scheduler.runUntil(isSettled, alteredTicks);
  return model.checkStalled(run.world);
}

/** The machine stops, if there is one of this number and it may. All that it wrote survives. */
function stop(scheduler: FairScheduler, run: Run, replica: number | undefined): void {
  const machine = replica === undefined ? undefined : run.world.machines[replica];
  if (machine === undefined || replica === undefined) return;
  const crash = { type: 'crash', replica, survivors: machine.disk.unsynced.length } as const;
  if (disabledReason(run.world, crash) === undefined) scheduler.take(crash);
}

function start(scheduler: FairScheduler, run: Run, replica: number | undefined): void {
  if (replica !== undefined && isDown(run.world.machines[replica]))
    scheduler.take({ type: 'restart', replica });
}

/** A server ends once its replica has stopped for good, and an operator starts it again. */
function restartHalted(scheduler: FairScheduler, run: Run): void {
  run.world.machines.forEach((machine, replica) => {
    if (machine.replica === undefined || !isHalted(machine)) return;
    stop(scheduler, run, replica);
    start(scheduler, run, replica);
  });
}

/** Messages that cut links only hold up are left for the next phase, when they arrive late. */
function serveWhileCut(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  const { world } = run;
  if (!world.loses || !hasCutLinks(world) || !isConnected(world)) return undefined;
  requestOnceMore(scheduler, run);
  scheduler.runUntil(isAnswered, settlingTicks);
  return model.checkConnected(run.world);
}

/** Whether the group tolerates the machines that are down or recovering. */
function isTolerable({ machines, configuration }: World): boolean {
  const failed = machines.filter(({ replica }) => replica === undefined || replica.status === 'recovering');
  return failed.length <= configuration.tolerated;
}

function restartAll(scheduler: FairScheduler, run: Run): void {
  run.world.machines.forEach(({ replica }, number) => {
    if (replica === undefined) scheduler.take({ type: 'restart', replica: number });
  });
}

function requestOnceMore(scheduler: FairScheduler, { world }: Run): void {
  world.clients.forEach(({ client }, number) => {
    if (client.outstanding.length === 0) scheduler.take({ type: 'request', client: number });
  });
}

/** One more request to a group at rest. What is sent for it is counted. */
function requestInCalm(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  const { world } = run;
  const opNumber = world.machines[0]?.replica?.log.length;
  if (opNumber === undefined || !isSettled(world) || world.packets.length > 0 || !canRequest(world, 0))
    return undefined;
  // A replica that still repeats an earlier question does so once more.
  if (world.machines.some(({ timers }) => (timers & timerBit.resend) !== 0)) return undefined;
  scheduler.traffic = noTraffic(opNumber);
  scheduler.take({ type: 'request', client: 0 });
  const violation = runUntilSettled(scheduler, model, run);
  scheduler.traffic = undefined;
  return violation;
}

/** Requests at different times, in a run in which clocks were set. */
function requestWithRightClocks(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  const primary = primaryOf(run.world);
  if (model.ghostState.clocks.length === 0 || primary === undefined || !isSettled(run.world))
    return undefined;
  return requestAtTimes(scheduler, model, run, primary, () => runUntilSettled(scheduler, model, run));
}

function runUntilSettled(scheduler: FairScheduler, model: Model, run: Run): Violation | undefined {
  scheduler.runUntil(isSettled, settlingTicks);
  return model.checkSettled(run.world, { calm: scheduler.traffic });
}

/** Whether no client waits for an answer. */
export function isAnswered({ clients }: World): boolean {
  return clients.every(({ client }) => client.outstanding.length === 0);
}

/**
 * Whether every request is answered, and all running replicas are normal in one view with equal, executed
 * logs.
 */
function isSettled(world: World): boolean {
  if (!isAnswered(world)) return false;
  if (oneNormalView.check(world, {}) !== undefined) return false;
  const running = liveReplicas(world);
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
