import { liveReplicas } from '../../checking/invariants/state/diverged-is-alarmed.ts';
import type { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { noTraffic } from '../../checking/traffic.ts';
import { isEmptied } from '../../world/disk.ts';
import { canRequest, disabledReason, hasCutLinks, isConnected } from '../../world/enabled.ts';
import { isHalted, timerBit, type World } from '../../world/world.ts';
import type { Run } from '../run/run.ts';
import {
  comparingTicks,
  isAnswered,
  isSettled,
  primaryOf,
  requestOnceMore,
  restartAll,
  start,
  stop,
} from './calm.ts';
import { FairScheduler } from './fairScheduler.ts';
import { settleAltered } from './settleAltered.ts';
import { requestAtTimes } from './timedRequests.ts';

/** The most ticks of one phase. They are generous. */
const settlingTicks = 2000;
/** The same for a group that may never settle. */
const divergedTicks = 400;

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
