import type { Output } from '../../../impl/index.ts';
import type { Event } from '../../world/event.ts';
import type { Machine, World } from '../../world/world.ts';
import type { GhostState } from '../ghost/ghostState.ts';

/** One event and the worlds around it, as the coverage marks see them. */
export interface Moment {
  readonly before: World;
  readonly after: World;
  /** The ghost state before the event. */
  readonly ghostState: GhostState;
  readonly event: Event;
  /** The machine of the replica that took a step, before and after it; undefined if none did. */
  readonly old: Machine | undefined;
  readonly now: Machine | undefined;
  readonly outputs: readonly Output[];
}

/**
 * An interesting event that runs should reach. A safety property holds trivially in a run in which little
 * happens, so each search reports how often each coverage mark was reached.
 */
export interface CoverageMark {
  /** In kebab-case, unique. */
  readonly name: string;
  /** The event, in a sentence. */
  readonly prose: string;
  reached(moment: Moment): boolean;
}

/** Whether the event delivers a message of this type. */
export function arrived({ event }: Moment, type: string): boolean {
  return event.type === 'deliver' && event.packet.message.type === type;
}

/** Whether the step sent a message of this type. */
export function sends({ outputs }: Moment, type: string): boolean {
  return outputs.some((output) => output.type === 'send' && output.message.type === type);
}
