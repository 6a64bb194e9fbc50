import type { Properties } from '../../checking/properties.ts';
import type { Implementation } from '../../world/implementation.ts';
import type { Setup } from '../../world/world.ts';
import type { Bounds } from '../budget/bounds.ts';
import type { Reductions } from '../reductions/reductions.ts';

/** What is explored: an implementation in a group, within bounds, and the properties that judge it. */
export interface ExplorationSubject {
  readonly implementation: Implementation;
  readonly setup: Setup;
  readonly properties: Properties;
  readonly bounds: Bounds;
  readonly reductions: Reductions;
}
