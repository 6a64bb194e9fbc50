import type { Output } from '../../../impl/index.ts';
import type { Event } from '../../world/event.ts';
import type { Machine, World } from '../../world/world.ts';
import type { GhostState } from '../ghost/ghostState.ts';

/** One event, as the coverage marks look at it. */
export interface Moment {
  readonly before: World;
  readonly after: World;
  /** What was said and done before the event. */
  readonly ghostState: GhostState;
  readonly event: Event;
  /** The replica's machine before and after, where the event stepped one. */
  readonly old: Machine | undefined;
  readonly now: Machine | undefined;
  readonly outputs: readonly Output[];
}

/**
 * Something interesting that a run should meet. A property that nothing bad happens proves little about a run in which
 * nothing happened: each search reports how often each coverage mark was reached.
 */
export interface CoverageMark {
  /** In kebab-case, unique. */
  readonly name: string;
  readonly prose: string;
  reached(moment: Moment): boolean;
}

/** Whether the event is the arrival of a message of this type. */
export function arrived({ event }: Moment, type: string): boolean {
  return event.type === 'deliver' && event.packet.message.type === type;
}

/** Whether the step sent a message of this type. */
export function sends({ outputs }: Moment, type: string): boolean {
  return outputs.some((output) => output.type === 'send' && output.message.type === type);
}
