import { Model } from '../../checking/model.ts';
import { propertiesWhere } from '../../checking/properties.ts';
import { isConnected } from '../../world/enabled.ts';
import type { Implementation } from '../../world/implementation.ts';
import type { Link } from '../../world/links.ts';
import { createWorld, type Setup } from '../../world/world.ts';
import { Run } from '../run/run.ts';
import { isAnswered } from './calm.ts';
import { FairScheduler } from './fairScheduler.ts';

/** After so many ticks a request counts as never answered: many times the longest timeout. */
const mostTicks = 3000;

/**
 * The ticks until a request is answered that is made when these links are cut, for good, in a group that has just
 * started; Infinity if it is not. Returns undefined if then no replica exchanges messages with a quorum: in such a
 * group no request need be answered.
 */
export function ticksUntilServed(
  implementation: Implementation,
  setup: Setup,
  cut: readonly Link[],
): number | undefined {
  const start = createWorld(implementation, setup);
  const run = new Run(start, {});
  const model = new Model(
    start,
    propertiesWhere(() => false),
  );
  const scheduler = new FairScheduler(model, run);
  if (cut.length > 0) scheduler.take({ type: 'partition', cut, loses: true });
  if (!isConnected(run.world)) return undefined;
  scheduler.take({ type: 'request', client: 0 });
  return scheduler.runUntil(isAnswered, mostTicks) ? scheduler.now : Infinity;
}
